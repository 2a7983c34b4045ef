"""What became of one input frame."""
from dataclasses import dataclass
from typing import Optional

from mmpose.structures import PoseDataSample
from ..depth.frame import DepthFrame
from ..depth.frame_reader import FrameReference
from .frame_estimator import ScoredBoxes


@dataclass
class FrameResult:
    """What became of one input frame.

    Attributes:
        reference (FrameReference): The input.
        frame (DepthFrame, optional): ``None`` where it could not be read.
        boxes (ScoredBoxes, optional): The persons' boxes.
        sample (PoseDataSample, optional): The predictions.
        problem (str, optional): Why there is no person.
        failed (bool): The input is to blame: it cannot be read, or its boxes
            are none.
    """
    reference: FrameReference
    frame: Optional[DepthFrame] = None
    boxes: Optional[ScoredBoxes] = None
    sample: Optional[PoseDataSample] = None
    problem: Optional[str] = None
    failed: bool = False

    def why_nobody(self) -> str:
        """Why a frame that could be read has no person."""
        name = self.frame.name
        if not (self.frame.depth_m > 0).any():
            return f'{name}: no pixel is valid, the whole frame is holes'
        if len(self.boxes.bboxes):
            return f'{name}: no pixel in the boxes is valid'
        return f'{name}: no person found'
