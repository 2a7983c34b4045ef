"""Writes hands before any camera, with ASTAR's 20 joints; see :mod:`.coco_writer`."""

from ..formats.astar import ASTAR_BONES, ASTAR_JOINTS
from .coco_writer import CocoWriter
from .hand import load_hand_model
from .hand_scene import make_hand_frame
from .room_frame import RoomFrame


class HandsWriter(CocoWriter):
    """One hand a frame. Args: See :class:`CocoWriter`."""

    DEFAULTS: dict = dict(sensor='mixed')
    METAINFO = '_base_/datasets/astar.py'
    JOINTS = ASTAR_JOINTS
    BONES = ASTAR_BONES
    MOST_PEOPLE = 1
    DRAWN_M = (0.2, 1.1)

    load_model = staticmethod(load_hand_model)

    def frame(self, index: int) -> RoomFrame:
        """Make a frame."""
        return make_hand_frame(self.recipe.seed, index, self.recipe.device)
