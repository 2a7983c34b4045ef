"""Synthetic depth frames of people, with exact joints.

Needs the packages ``anny`` (body) and ``warp-lang`` (ray casting) when a
frame is made, and ``h5py`` for ITOP's files, not when this package is
imported.
"""
from ..pinhole import (ITOP_CAMERA, Intrinsics, KINECT_V2_HALF,
                       SOFTKINETIC_DS325, intrinsics_from_fov, project,
                       unproject)
from .generate import draw_dataset, generate_dataset
from .hand import ASTAR_JOINTS
from .hand_sample import HandSample, make_hand_sample
from .itop_sample import ITOPView, make_itop_sample
from .joints import ITOP_JOINTS, K2HPD_JOINTS, itop_joints, k2hpd_joints
from .layouts import LAYOUTS
from .recipe import Recipe
from .sample import Sample, make_sample
from .sequence_sample import make_sequence_sample
from .view import SENSOR_CHOICES

__all__ = [
    'ASTAR_JOINTS', 'HandSample', 'ITOP_CAMERA', 'ITOP_JOINTS', 'ITOPView',
    'Intrinsics', 'K2HPD_JOINTS', 'KINECT_V2_HALF', 'LAYOUTS', 'Recipe',
    'SENSOR_CHOICES', 'SOFTKINETIC_DS325', 'Sample', 'draw_dataset',
    'generate_dataset', 'intrinsics_from_fov', 'itop_joints', 'k2hpd_joints',
    'make_hand_sample', 'make_itop_sample', 'make_sample',
    'make_sequence_sample', 'project', 'unproject'
]
