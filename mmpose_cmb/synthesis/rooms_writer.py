"""Writes rooms, with ITOP's and K2HPD's joints of everybody; see :mod:`.coco_writer`."""

from ..formats.itop import ITOP_BONES
from ..formats.room_joints import ROOM_JOINTS
from .body import load_body_model
from .ceiling_scene import make_ceiling_frame
from .coco_writer import CocoWriter
from .itop_sample import check_views
from .recipe import Recipe
from .room_frame import RoomFrame
from .room_scene import MOST_PEOPLE, make_room_frame


class RoomsWriter(CocoWriter):
    """Rooms, from the side or from above. Args: See :class:`CocoWriter`."""

    DEFAULTS: dict = dict(sensor='mixed', views=('side',))
    SENSORS = ('mixed', 'active_stereo')
    METAINFO = '_base_/datasets/rooms.py'
    JOINTS = ROOM_JOINTS
    BONES = ITOP_BONES
    MOST_PEOPLE = MOST_PEOPLE
    DRAWN_M = (0.5, 4.5)

    load_model = staticmethod(load_body_model)

    @staticmethod
    def check(recipe: Recipe) -> None:
        """Refuse more than one view: frames of one have the other's names.

        Raises:
            ValueError: If there is not exactly one view, or an unknown one; or a
                stereo camera under the ceiling.
        """
        check_views(recipe.views)
        if len(recipe.views) > 1:
            raise ValueError(f'views: rooms are made from one view, got {recipe.views}')
        if recipe.views == ('top',) and recipe.sensor != 'mixed':
            raise ValueError('sensor: rooms seen from above are those of both Kinects (mixed)')

    def frame(self, index: int) -> RoomFrame:
        """Make a frame."""
        seed, device = self.recipe.seed, self.recipe.device
        if self.recipe.views == ('top',):
            return make_ceiling_frame(seed, index, device)
        return make_room_frame(seed, index, device, self.recipe.sensor)
