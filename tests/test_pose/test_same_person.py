"""Duplicates by joints, beside MMPose's own similarity, and people who are two."""

from itertools import combinations

import numpy as np
import pytest

from mmpose_cmb.depth.frame import PersonPose
from mmpose_cmb.pose.same_person import ALIKE, NEAR_M, each_once, likeness

FOCAL_PX = 285.0
# ITOP's joints of somebody who stands, metres from the hips' height.
STANDING_M = np.array(
    [
        [0, -0.75, 0], [0, -0.5, 0], [-0.18, -0.5, 0], [0.18, -0.5, 0], [-0.25, -0.22, 0],
        [0.25, -0.22, 0], [-0.28, 0.03, 0], [0.28, 0.03, 0], [0, -0.25, 0], [-0.1, 0, 0],
        [0.1, 0, 0], [-0.11, 0.43, 0], [0.11, 0.43, 0], [-0.12, 0.85, 0], [0.12, 0.85, 0],
    ]
)  # yapf: disable


def person(x_m=0.0, z_m=3.0, noise_m=0.0, scores=0.8, in_space=True, seed=0):
    """A skeleton as a pinhole camera sees it."""
    joints_m = STANDING_M + [x_m, 0, z_m]
    joints_m = joints_m + np.random.default_rng(seed).normal(scale=noise_m, size=joints_m.shape)
    return _seen(joints_m, np.full(15, scores), in_space)


def _seen(joints_m, scores, in_space=True):
    pixels = joints_m[:, :2] / joints_m[:, 2:] * FOCAL_PX + [160, 120]
    box = np.concatenate([pixels.min(0), pixels.max(0)])
    return PersonPose(pixels, scores, box, keypoints_cam=joints_m if in_space else None)


def test_it_is_mmposes_similarity_in_metres():
    """COCO's with areas and sigmas that make its scale NEAR_M, in the image plane."""
    pytest.importorskip('mmpose')
    from mmpose.evaluation.functional.nms import oks_iou

    a, b = person(noise_m=0.05), person(noise_m=0.1, seed=1)
    a.keypoints_cam[:, 2] = b.keypoints_cam[:, 2] = 3
    flat = [np.column_stack([p.keypoints_cam[:, :2], np.ones(15)]).ravel() for p in (a, b)]
    (expected,) = oks_iou(flat[0], flat[1][None], 1.0, np.ones(1), np.full(15, NEAR_M / 2))
    assert likeness(a, b) == pytest.approx(expected, abs=1e-6)
    assert 0.3 < expected < 0.9


@pytest.mark.parametrize('in_space', (True, False))
def test_one_person_found_twice_is_one(in_space):
    """The second box is around the arms: the legs, guessed, lie somewhere else."""
    whole = person(in_space=in_space)
    arms = person(noise_m=0.05, in_space=in_space, seed=2)
    hidden = np.arange(15) >= 9
    arms.keypoint_scores = np.where(hidden, 0.05, 0.7)
    arms.keypoints[hidden] += 60
    if in_space:
        arms.keypoints_cam[hidden] += 0.6
    low, high = arms.keypoints[~hidden].min(0), arms.keypoints[~hidden].max(0)
    arms.bbox = np.concatenate([low, high])
    assert likeness(whole, arms) > ALIKE
    assert each_once([arms, whole], [0.5, 0.9]) == [whole]
    assert each_once([arms, whole], [0.9, 0.5]) == [arms]


@pytest.mark.parametrize('in_space', (True, False))
@pytest.mark.parametrize('shift_m', (0.35, 0.5, 1.0))
def test_two_people_side_by_side_are_two(in_space, shift_m):
    people = [person(0, in_space=in_space), person(shift_m, in_space=in_space)]
    assert each_once(people, [0.9, 0.8]) == people


@pytest.mark.parametrize('behind_m', (0.4, 1.0))
def test_somebody_behind_somebody_is_somebody_else(behind_m):
    """Their boxes overlap by more than the finder's own limit; their joints do not."""
    people = [person(0, 2.5, noise_m=0.03), person(0.05, 2.5 + behind_m, noise_m=0.03, seed=1)]
    assert each_once(people, [0.9, 0.8]) == people


def test_joints_that_are_not_known_say_nothing():
    a, b = person(), person()
    b.keypoints_cam[3:] = np.nan
    assert likeness(a, b) == pytest.approx(1)
    b.keypoint_scores = np.where(np.arange(15) < 3, 0, 0.9)
    assert likeness(a, b) == 0
    a.keypoint_scores = np.zeros(15)
    assert likeness(a, a) == 0
    assert each_once([], []) == []


@pytest.mark.slow
@pytest.mark.parametrize('in_space', (True, False))
def test_people_of_synthetic_rooms_are_all_there(in_space):
    """Everybody's true joints: sitting together, behind each other, arm in arm."""
    pytest.importorskip('anny')
    pytest.importorskip('warp')
    from mmpose_cmb.synthesis.room_scene import make_room_frame

    pairs = 0
    for index in range(40):
        frame = make_room_frame(4711, index, 'cpu')
        people = [
            PersonPose(pixels, np.where(seen, 0.9, 0.3), box, 1.0, joints_m if in_space else None)
            for pixels, joints_m, seen, box in zip(
                frame.keypoints_uv, frame.keypoints_cam_m, frame.visible, frame.boxes
            )
        ]
        people = [p for p, labelled in zip(people, frame.labelled) if labelled]
        pairs += len(list(combinations(people, 2)))
        assert each_once(people, np.arange(len(people))) == people
    assert pairs > 5
