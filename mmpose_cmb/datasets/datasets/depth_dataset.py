"""What all datasets of depth images share: bad samples are named."""

import logging
from typing import Dict, List, Optional, Tuple

import numpy as np
from mmengine.logging import print_log

from mmpose.datasets.datasets.base import BaseCocoStyleDataset

from ...formats.coco_checks import BadRecord
from ...formats.person_record import why_no_person
from ..bad_records import check_problems
from ..statistics import crop_to_box


class DepthDataset(BaseCocoStyleDataset):
    """Base of the datasets of depth images.

    Args:
        skip_bad (bool): Look at every sample before anything else (its image
            is read), and leave out those that cannot be used; the log counts
            and names them. Defaults to False: a record that cannot be used is
            an error at once (or where ``max_bad_share`` says so), a bad image
            when it is loaded.
        Other args: See :class:`mmpose.datasets.BaseCocoStyleDataset`.

    Attributes:
        bad_samples (List[BadRecord]): What was left out, and why.
    """

    def __init__(self, *args, skip_bad: bool = False, **kwargs) -> None:
        self.skip_bad = skip_bad
        self.bad_samples: List[BadRecord] = []
        super().__init__(*args, **kwargs)

    def load_data_list(self) -> List[dict]:
        """Load the data infos and, with ``skip_bad``, look at each."""
        infos = super().load_data_list()
        if not self.skip_bad:
            return infos
        print_log(f'{self.ann_file}: looking at {len(infos)} samples', logger='current')
        reasons = [self._why_bad(info) for info in infos]
        bad = [
            BadRecord(info['annotation_source'], reason)
            for info, reason in zip(infos, reasons)
            if reason is not None
        ]
        self.bad_samples += bad
        good = [info for info, reason in zip(infos, reasons) if reason is None]
        self._tell(check_problems(self.ann_file, list(bad), len(good), 1.0, ''))
        return good

    def find_bad(self) -> Optional[str]:
        """Load with ``skip_bad``; ``bad_samples`` then has what is left out.

        Returns:
            str, optional: Why the data set cannot be used at all.
        """
        self.skip_bad = True
        try:
            self.full_init()
        except (OSError, ValueError) as error:
            return str(error)
        return None

    def leave_out(
        self, problems: List[Tuple], num_good: int, max_bad_share: float, record_name: str = 'line'
    ) -> None:
        """Leave out records that cannot be used, or refuse the file.

        Args:
            problems, num_good, max_bad_share, record_name: See
                ``check_problems``; with ``skip_bad`` all may be bad but one.

        Raises:
            ValueError: If too many are.
        """
        share = 1.0 if self.skip_bad else max_bad_share
        self.bad_samples += [
            BadRecord(f'{self.ann_file} {record_name} {number}'.rstrip(), what)
            for number, what in problems
        ]
        self._tell(check_problems(self.ann_file, problems, num_good, share, record_name))

    def load(self, info: dict) -> Optional[dict]:
        """A sample with its image, before all other transforms."""
        load = next(t for t in self.pipeline.transforms if type(t).__name__.startswith('Load'))
        return load(dict(info))

    def _tell(self, message: str) -> None:
        if message:
            print_log(message, logger='current', level=logging.WARNING)

    def _why_bad(self, info: dict) -> Optional[str]:
        """Why a sample cannot be used, after its image was loaded."""
        try:
            # Without the record's name, which stands before the reason.
            sample = self.load(
                {key: value for key, value in info.items() if key != 'annotation_source'}
            )
        except (OSError, ValueError, IndexError) as error:
            return str(error)
        if sample is None:
            return f'{info["img_path"]} cannot be read'
        height, width = sample['img'].shape
        names: Dict[int, str] = self.metainfo['keypoint_id2name']
        bbox = np.asarray(info['bbox'][0], np.float64)
        reason = why_no_person(
            info['keypoints'][0],
            info['keypoints_visible'][0] > 0,
            bbox,
            width,
            height,
            [names[i] for i in range(len(names))],
        )
        if reason is None and not crop_to_box(sample['img'], bbox).any():
            reason = f'{info["img_path"]}: no pixel in the box is valid'
        return reason

    def _get_topdown_data_infos(self, instance_list: List[Dict]) -> List[Dict]:
        # MMPose would silently drop persons whose joints are all negative;
        # what is damaged has been refused already.
        return instance_list
