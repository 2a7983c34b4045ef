"""Synthetic depth frames of people, with exact joints.

Needs the packages ``anny`` (body) and ``warp-lang`` (ray casting) when a
frame is made, and ``h5py`` for ITOP's files, not when this package is
imported.
"""

from ..camera import (
    ITOP_CAMERA,
    KINECT_V2_HALF,
    SOFTKINETIC_DS325,
    Camera,
    camera_from_fov,
    project,
    unproject,
)
from ..formats.astar import ASTAR_JOINTS
from ..formats.itop import ITOP_JOINTS
from ..formats.k2hpd import K2HPD_JOINTS
from .generate import draw_dataset, generate_dataset
from .hand_sample import HandSample, make_hand_sample
from .itop_sample import ITOPView, make_itop_sample
from .joints import itop_joints, k2hpd_joints
from .layouts import LAYOUTS
from .recipe import Recipe
from .sample import Sample, make_sample
from .sequence_sample import make_sequence_sample
from .view import SENSOR_CHOICES

__all__ = [
    'ASTAR_JOINTS',
    'Camera',
    'HandSample',
    'ITOP_CAMERA',
    'ITOP_JOINTS',
    'ITOPView',
    'K2HPD_JOINTS',
    'KINECT_V2_HALF',
    'LAYOUTS',
    'Recipe',
    'SENSOR_CHOICES',
    'SOFTKINETIC_DS325',
    'Sample',
    'camera_from_fov',
    'draw_dataset',
    'generate_dataset',
    'itop_joints',
    'k2hpd_joints',
    'make_hand_sample',
    'make_itop_sample',
    'make_sample',
    'make_sequence_sample',
    'project',
    'unproject',
]
