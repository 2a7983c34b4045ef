"""What goes into a pose estimator and what comes out of it."""

from dataclasses import dataclass
from typing import NamedTuple, Optional, Sequence

import numpy as np

from ..camera import Camera, check_camera_of_image, check_intrinsics


@dataclass
class DepthFrame:
    """One depth image with what is known of it.

    Attributes:
        depth_m (np.ndarray): Metres, float32 [H, W], 0 = invalid.
        intrinsics (Camera, optional): The camera; fx, fy, cx, cy in pixels
            will do.
        name (str): What messages and files call it, such as a path.
        index (int): Number of the frame in its source. Defaults to 0.
        time_s (float, optional): When it was taken, seconds of the source's
            clock.

    Raises:
        ValueError: If the intrinsics are not those of a camera, or not of
            images of this size.
    """

    depth_m: np.ndarray
    intrinsics: Optional[Camera] = None
    name: str = 'frame'
    index: int = 0
    time_s: Optional[float] = None

    def __post_init__(self) -> None:
        if self.intrinsics is not None:
            self.intrinsics = check_intrinsics(self.intrinsics)
            # What is no image is refused where it is used.
            if np.ndim(self.depth_m) == 2 and np.size(self.depth_m):
                height, width = np.shape(self.depth_m)
                try:
                    check_camera_of_image(self.intrinsics, width, height)
                except ValueError as error:
                    raise ValueError(f'{self.name}: {error}') from error


class Joint(NamedTuple):
    """One joint of a person.

    Attributes:
        pixel (np.ndarray): ``[2]``, x, y in the full frame.
        score (float): Height of the heat map.
        camera_m (np.ndarray, optional): ``[3]``, camera frame (x right, y
            down, z forward), metres; where it is known.
    """

    pixel: np.ndarray
    score: float
    camera_m: Optional[np.ndarray]


@dataclass
class PersonPose:
    """One person found in a frame; K joints.

    Attributes:
        keypoints (np.ndarray): ``[K, 2]``, pixels of the full frame.
        keypoint_scores (np.ndarray): ``[K]``, heights of the heat maps, or
            probabilities where the model is calibrated.
        bbox (np.ndarray): ``[4]``, x1, y1, x2, y2, pixels.
        bbox_score (float): 1 where the box was given, 0 where it is a guess,
            else how sure it is that somebody is there.
        keypoints_cam (np.ndarray, optional): ``[K, 3]``, camera frame (x
            right, y down, z forward), metres; with a 3D head and intrinsics.
        keypoint_names (Sequence[str]): K names; empty where nobody told.
    """

    keypoints: np.ndarray
    keypoint_scores: np.ndarray
    bbox: np.ndarray
    bbox_score: float = 1.0
    keypoints_cam: Optional[np.ndarray] = None
    keypoint_names: Sequence[str] = ()

    def joint(self, name: str) -> Joint:
        """A joint by its name.

        Raises:
            KeyError: If there is no such joint, naming those there are.
        """
        if name not in self.keypoint_names:
            raise KeyError(f'no joint "{name}"; there are {", ".join(self.keypoint_names)}')
        i = list(self.keypoint_names).index(name)
        return Joint(
            self.keypoints[i],
            float(self.keypoint_scores[i]),
            None if self.keypoints_cam is None else self.keypoints_cam[i],
        )
