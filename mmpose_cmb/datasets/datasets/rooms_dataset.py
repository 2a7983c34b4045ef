"""Synthetic rooms, with ITOP's joints, with K2HPD's or with both."""

from typing import List

from mmpose.registry import DATASETS

from ...formats.depth_coco import DepthCoco, OtherJointsError, read_depth_coco
from ...formats.itop import ITOP_JOINTS
from ...formats.room_joints import ROOM_JOINTS, keep_joints, where_in_rooms
from .depth_coco_dataset import DepthCocoDataset


@DATASETS.register_module()
class RoomsDataset(DepthCocoDataset):
    """Frames of ``tools/synthesize.py --layout rooms``.

    Their files have 34 joints (``ROOM_JOINTS``), of which those of
    ``metainfo`` are kept, by their own names. Boxes, and who is labelled, are
    the same whatever is kept.

    Args:
        metainfo (dict): ``itop.py`` (15 joints), ``k2hpd.py`` (19) or
            ``rooms.py`` (all) of ``configs/_base_/datasets``.
        Other args: See :class:`DepthCocoDataset`.

    Raises:
        ValueError: If ``metainfo`` has other joints, or the file has: rooms
            once had ITOP's alone.
    """

    def _read(self) -> DepthCoco:
        names = self._names()
        kept = where_in_rooms(names)
        try:
            coco = read_depth_coco(self.ann_file, ROOM_JOINTS)
        except OtherJointsError as error:
            if error.found != list(ITOP_JOINTS):
                raise
            raise ValueError(
                f"{self.ann_file}: has ITOP's {len(ITOP_JOINTS)} joints alone, as rooms had "
                f'before there were {len(ROOM_JOINTS)}: make the frames anew in a new folder '
                "(tools/synthesize.py --layout rooms), or read these by type='DepthCocoDataset' "
                "and metainfo=dict(from_file='configs/_base_/datasets/itop.py')"
            ) from error
        return coco._replace(
            annotations=[keep_joints(annotation, kept) for annotation in coco.annotations],
            categories=[_category(category, names) for category in coco.categories],
        )


def _category(category: dict, names: List[str]) -> dict:
    """Without the links, which are those of all joints."""
    kept = {key: value for key, value in category.items() if key != 'skeleton'}
    return dict(kept, keypoints=names)
