"""Depth images and skeletons as pictures, with OpenCV alone.

What needs MMPose or matplotlib is in ``mmpose_cmb.visualization``.
"""

from .contact_sheet import contact_sheet, write_image
from .depth_colormap import colorize_depth, depth_range
from .pose_3d import draw_pose_3d
from .skeleton import draw_skeleton

__all__ = [
    'colorize_depth',
    'contact_sheet',
    'depth_range',
    'draw_pose_3d',
    'draw_skeleton',
    'write_image',
]
