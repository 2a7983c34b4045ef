"""Whether left and right are exchanged in the labels of a data set.

Elbows bend one way: in nearly all postures they lie behind the straight line
from shoulder to hand, seen from the body. Which way that is, left and right
tell: where they are exchanged, or images and joints are mirrored, elbows lie
before the line. One person may do otherwise, many do not.

A network's joints tell nothing of it: in a mirrored recording it finds the
left and right of the mirrored person.
"""

from typing import Dict, List, NamedTuple, Optional, Sequence, Tuple

import numpy as np

from ..camera import unproject
from ..formats.joint_names import mirrored_pairs
from ..pose.frame_boxes import camera_or_usual
from .datasets.depth_dataset import DepthDataset
from .label_checks import spread_rows, surface_gaps_m

# What is in the names of the joints that are looked at.
PARTS: Dict[str, Tuple[str, ...]] = dict(
    shoulder=('shoulder', 'shldr'),
    elbow=('elbow',),
    hand=('wrist', 'hand'),
    hip=('hip',),
)  # yapf: disable
# An arm that is straight tells nothing.
LEAST_BEND_M = 0.03
MAX_LOOKED_AT = 400
# Of so many people the share is certain enough.
MIN_PERSONS = 50
# Share of people whose elbows lie behind the line. Right labels in space: 0.82
# to 0.96 on four real sets and a synthetic one; joints on the surface that is
# seen at their pixels: 0.66 to 0.91. Exchanged ones: what is missing to 1.
LEAST_SHARE_IN_SPACE, LEAST_SHARE_ON_SURFACE = 0.65, 0.4


class Elbows(NamedTuple):
    """How many people's arms tell the side, and the share where it is right."""

    persons: int
    share: float

    def warning(self, in_space: bool) -> Optional[str]:
        """What is to be said, if anything.

        Args:
            in_space (bool): The joints' own depth is known.
        """
        least = LEAST_SHARE_IN_SPACE if in_space else LEAST_SHARE_ON_SURFACE
        if self.persons < MIN_PERSONS or self.share >= least:
            return None
        return (
            f'left and right seem to be exchanged, or the images mirrored, at least in a part of '
            f'the data: the elbows of {100 * (1 - self.share):.0f} % of {self.persons} people '
            'would be bent backwards'
        )


def arm_joints(names: Sequence[str]) -> Optional[List[Tuple[int, int]]]:
    """The left and the right shoulder, elbow, hand and hip.

    Args:
        names (Sequence[str]): The joints, spelled as in ``joint_names``.

    Returns:
        list, optional: Pairs of numbers; None where one is not there.

    Example:
        >>> arm_joints(['head', 'left_hand', 'right_hand'])
    """
    pairs = mirrored_pairs(names)
    found = []
    for words in PARTS.values():
        fitting = [p for word in words for p in pairs if word in p[0].lower()]
        if not fitting:
            return None
        left, right = fitting[0]
        found.append((list(names).index(left), list(names).index(right)))
    return found


def exchanged_sides(dataset: DepthDataset) -> Optional[str]:
    """Why the labels of a data set seem to have left and right exchanged.

    Joints without a place in space are taken for those on the surface that is
    seen at their pixels; a camera that is not known, for a usual one.

    Args:
        dataset (DepthDataset): One person a sample.

    Returns:
        str, optional: What is to be said; None where nothing is, or where
        joints or people are too few.
    """
    names = dataset.metainfo['keypoint_id2name']
    arms = arm_joints([names[i] for i in range(len(names))])
    if arms is None or getattr(dataset, 'data_mode', None) != 'topdown' or not len(dataset):
        return None
    infos = [dataset.get_data_info(i) for i in spread_rows(len(dataset), MAX_LOOKED_AT)]
    in_space = 'keypoints_cam' in infos[0]
    if in_space:
        joints_m = [np.array(info['keypoints_cam'][0], np.float64) for info in infos]
    else:
        joints_m = [_on_surface(dataset.load(info)) for info in infos]
    for info, joints in zip(infos, joints_m):
        joints[info['keypoints_visible'][0] <= 0] = np.nan
    return look_at_elbows(np.stack(joints_m), arms).warning(in_space)


def _on_surface(sample: dict) -> np.ndarray:
    """Joints at the depth that is seen at their pixels, [K, 3]; NaN in holes."""
    depth_m, pixels = sample['img'], np.array(sample['keypoints'][0], np.float64)
    height, width = depth_m.shape
    camera = camera_or_usual(sample.get('intrinsics'), width, height)
    gaps_m = surface_gaps_m(depth_m, pixels, np.zeros(len(pixels)))
    return unproject(pixels, -gaps_m, camera)


def look_at_elbows(joints_m: np.ndarray, arms: Sequence[Tuple[int, int]]) -> Elbows:
    """See how the elbows are bent.

    Args:
        joints_m (np.ndarray): [N, K, 3], camera frame: x right, y down, z
            forward; NaN where a joint is not known.
        arms (Sequence[tuple]): Of :func:`arm_joints`.
    """
    shoulder, elbow, hand, hip = (joints_m[:, list(pair)] for pair in arms)
    to_left = (shoulder - shoulder[:, ::-1])[:, 0] + (hip - hip[:, ::-1])[:, 0]
    up = (shoulder - hip).sum(1)
    forward = np.cross(to_left, up)
    with np.errstate(invalid='ignore'):
        forward = forward / np.linalg.norm(forward, axis=-1, keepdims=True)
    behind = ((shoulder + hand) / 2 - elbow).sum(1)
    bend_m = (forward * behind).sum(-1)
    telling = bend_m[np.abs(bend_m) > LEAST_BEND_M]
    return Elbows(len(telling), float((telling > 0).mean()) if len(telling) else float('nan'))
