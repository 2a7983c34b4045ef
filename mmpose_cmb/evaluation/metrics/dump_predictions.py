"""Every prediction of a test in a file that is data."""

from typing import Sequence

from mmengine.evaluator import BaseMetric
from mmengine.logging import print_log

from mmpose.registry import METRICS

from ...depth.frame import PersonPose
from ...pose.result_files import person_record
from ..prediction_dump import dumped_frame, write_dump
from .data_samples import to_numpy


@METRICS.register_module()
class DumpPredictions(BaseMetric):
    """Writes predictions and labels as JSON: see ``prediction_dump``.

    What MMEngine's ``DumpResults`` does with a pickle, which runs code where
    it is read. ``tools/test.py --dump FILE.json`` adds it.

    Args:
        out_file (str): The JSON file.
        collect_device (str): Defaults to 'cpu'.
    """

    def __init__(self, out_file: str, collect_device: str = 'cpu') -> None:
        super().__init__(collect_device)
        self.out_file = out_file

    def process(self, data_batch: dict, data_samples: Sequence[dict]) -> None:
        """Keep what goes into the file."""
        for sample in data_samples:
            found = {name: to_numpy(value) for name, value in sample['pred_instances'].items()}
            persons = [
                PersonPose(
                    found['keypoints'][i],
                    found['keypoint_scores'][i],
                    found['bboxes'][i],
                    found['bbox_scores'][i],
                    found['keypoints_cam'][i] if 'keypoints_cam' in found else None,
                )
                for i in range(len(found['keypoints']))
            ]
            labels = to_numpy(sample['gt_instances']['keypoints'])
            self.results.append(dumped_frame(sample, list(map(person_record, persons)), labels))

    def compute_metrics(self, results: list) -> dict:
        """Write the file; there is no figure."""
        names = self.dataset_meta['keypoint_id2name']
        write_dump(self.out_file, [names[i] for i in range(len(names))], results)
        print_log(f'Predictions: {self.out_file}', logger='current')
        return {}
