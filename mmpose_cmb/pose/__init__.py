"""From a depth frame to the people in it, with numpy and OpenCV alone.

The one place for it: whatever runs the network, the frame is read, the boxes
are found, the crop is made and the joints are brought back here.
"""

from ..depth.frame import DepthFrame, PersonPose
from .model_spec import ModelSpec, SkeletonSpec
from .predictor import PosePredictor

__all__ = ['DepthFrame', 'ModelSpec', 'PersonPose', 'PosePredictor', 'SkeletonSpec']
