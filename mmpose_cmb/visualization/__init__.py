from ..drawing import (
    colorize_depth,
    contact_sheet,
    depth_range,
    draw_pose_3d,
    draw_skeleton,
    write_image,
)
from .depth_visualization_hook import DepthVisualizationHook
from .depth_visualizer import DepthPoseVisualizer
from .error_curve import draw_error_curves
from .learning_curve import draw_learning_curve
from .prediction_sheet import PredictionFrame, prediction_sheet

__all__ = [
    'DepthPoseVisualizer',
    'DepthVisualizationHook',
    'PredictionFrame',
    'colorize_depth',
    'contact_sheet',
    'depth_range',
    'draw_error_curves',
    'draw_learning_curve',
    'draw_pose_3d',
    'draw_skeleton',
    'prediction_sheet',
    'write_image',
]
