"""Synthetic depth frames of people, with exact joints.

Needs the packages ``anny`` (body) and ``warp-lang`` (ray casting) when a
frame is made, and ``h5py`` for ITOP's files, not when this package is
imported.
"""
from .camera import (ITOP_CAMERA, KINECT_V2_HALF, Intrinsics,
                     intrinsics_from_fov, project, unproject)
from .itop_sample import ITOPView, make_itop_sample
from .generate import draw_dataset, generate_dataset
from .joints import ITOP_JOINTS, K2HPD_JOINTS, itop_joints, k2hpd_joints
from .layouts import LAYOUTS
from .recipe import Recipe
from .sample import Sample, make_sample
from .view import SENSOR_CHOICES

__all__ = [
    'ITOP_CAMERA', 'ITOP_JOINTS', 'ITOPView', 'Intrinsics', 'K2HPD_JOINTS',
    'KINECT_V2_HALF', 'LAYOUTS', 'Recipe', 'SENSOR_CHOICES', 'Sample',
    'draw_dataset', 'generate_dataset', 'intrinsics_from_fov', 'itop_joints',
    'k2hpd_joints', 'make_itop_sample', 'make_sample', 'project', 'unproject'
]
