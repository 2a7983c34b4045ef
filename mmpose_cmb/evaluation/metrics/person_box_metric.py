"""Average precision of people's boxes."""

from typing import Dict, List, Sequence

from mmdet.evaluation.metrics import CocoMetric

from mmpose.registry import METRICS

from .data_samples import to_numpy


@METRICS.register_module()
class PersonBoxMetric(CocoMetric):
    """COCO's average precision of boxes, by MMDetection and pycocotools.

    A box that lies in an unsure one counts neither way, as in a crowd.

    Keys: ``boxes/bbox_mAP_50``, ``boxes/bbox_mAP`` (0.5 to 0.95) and COCO's
    others, 0 to 1.

    ``CheckpointHook`` takes ``save_best='boxes/bbox_mAP', rule='greater'``.

    Args:
        **kwargs: See MMDetection's ``CocoMetric``.
    """

    default_prefix = 'boxes'

    def process(self, data_batch: dict, data_samples: Sequence[dict]) -> None:
        """Keep found and labelled boxes.

        Args:
            data_batch (dict): Not used.
            data_samples (Sequence[dict]): Model outputs with
                ``pred_instances`` (``bboxes``, ``bbox_scores``),
                ``gt_instances.bboxes`` and ``unsure_bbox``, pixels of the
                frame.
        """
        for sample in data_samples:
            found = sample['pred_instances']
            scores = to_numpy(found['bbox_scores'])
            boxes = dict(
                img_id=sample['img_id'],
                bboxes=to_numpy(found['bboxes']),
                scores=scores,
                labels=[0] * len(scores),
            )
            height, width = sample['ori_shape']
            labelled = [
                dict(bbox=box, bbox_label=0, ignore_flag=unsure)
                for unsure, some in enumerate(
                    (to_numpy(sample['gt_instances']['bboxes']), sample['unsure_bbox'])
                )
                for box in some.tolist()
            ]
            image = dict(img_id=sample['img_id'], width=width, height=height, anns=labelled)
            self.results.append((image, boxes))

    def compute_metrics(self, results: List[tuple]) -> Dict[str, float]:
        """COCO's table.

        Args:
            results (list): What :meth:`process` kept, of all ranks.

        Raises:
            ValueError: If nobody is labelled.
        """
        if not any(image['anns'] for image, _ in results):
            raise ValueError(f'{type(self).__name__}: nobody is labelled in any frame')
        self.dataset_meta = dict(self.dataset_meta or {}, classes=('person',))
        return super().compute_metrics(results)
