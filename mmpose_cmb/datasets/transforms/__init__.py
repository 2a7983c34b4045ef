"""Transforms of mmpose_cmb."""

from .boxes_of_joints import BoxesOfJoints
from .letterbox_depth import LetterboxDepth, PixelsPerMetre, RandomLetterbox
from .load_depth_frame_from_hdf5 import LoadDepthFrameFromHDF5
from .load_depth_image import LoadDepthImage
from .load_skdepth import LoadSKDepth
from .normalize_depth import NormalizeDepth
from .person_box_from_depth import PersonBoxFromDepth
from .random_box_transform import RandomBoxTransform
from .random_depth_flip import RandomDepthFlip
from .same_for_sequence import SameForSequence
from .sensor_augmentations import (
    RandomDepthHoles,
    RandomDepthNoise,
    RandomDepthQuantization,
    RandomDepthShift,
    RandomDepthSmoothing,
)
from .topdown_depth_affine import TopdownDepthAffine

__all__ = [
    'BoxesOfJoints',
    'LetterboxDepth',
    'LoadDepthFrameFromHDF5',
    'LoadDepthImage',
    'LoadSKDepth',
    'NormalizeDepth',
    'PersonBoxFromDepth',
    'PixelsPerMetre',
    'RandomBoxTransform',
    'RandomDepthFlip',
    'RandomDepthHoles',
    'RandomDepthNoise',
    'RandomDepthQuantization',
    'RandomDepthShift',
    'RandomDepthSmoothing',
    'RandomLetterbox',
    'SameForSequence',
    'TopdownDepthAffine',
]
