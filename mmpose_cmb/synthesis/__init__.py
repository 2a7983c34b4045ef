"""Synthetic depth frames of people, with exact joints.

Needs the packages ``anny`` (body) and ``warp-lang`` (ray casting) when a
frame is made, not when this package is imported.
"""
from .camera import (ITOP_CAMERA, KINECT_V2_HALF, Intrinsics,
                     intrinsics_from_fov, project, unproject)
from .contact_sheet import write_contact_sheet
from .generate import Recipe, generate_dataset
from .joints import ITOP_JOINTS, K2HPD_JOINTS, itop_joints, k2hpd_joints
from .sample import SENSOR_CHOICES, Sample, make_sample

__all__ = [
    'ITOP_CAMERA', 'ITOP_JOINTS', 'Intrinsics', 'K2HPD_JOINTS',
    'KINECT_V2_HALF', 'Recipe', 'SENSOR_CHOICES', 'Sample', 'generate_dataset',
    'intrinsics_from_fov', 'itop_joints', 'k2hpd_joints', 'make_sample',
    'project', 'unproject', 'write_contact_sheet'
]
