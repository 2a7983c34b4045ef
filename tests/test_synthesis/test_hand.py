"""The hand's model, poses and samples."""

import numpy as np
import pytest

from mmpose_cmb.camera import SOFTKINETIC_DS325, project
from mmpose_cmb.formats.astar import ASTAR_JOINTS, FINGERS
from mmpose_cmb.synthesis.hand import load_hand_model
from mmpose_cmb.synthesis.hand_pose import (
    ASTAR_POSES,
    HAND_LIMITS_DEG,
    class_pose,
    sample_hand_pose,
)
from mmpose_cmb.synthesis.hand_sample import astar_pose, astar_subject, make_hand_sample

STRAIGHT = {name: 0.0 for name in HAND_LIMITS_DEG}


def joints_of(**angles):
    joints = load_hand_model().pose({}, dict(STRAIGHT, **angles)).joints
    return dict(zip(ASTAR_JOINTS, joints))


def angle_deg(a, b, c):
    """Angle at b between the ways to a and to c."""
    one, other = a - b, c - b
    cosine = one @ other / np.linalg.norm(one) / np.linalg.norm(other)
    return np.degrees(np.arccos(cosine))


def test_right_hand_in_its_frame():
    joints = joints_of()
    np.testing.assert_allclose(joints['wrist'], 0, atol=1e-6)
    assert joints['middle_4'][1] > 0.15
    # The thumb is on +z, and the little finger opposite.
    assert joints['thumb_3'][2] > 0.03 > 0 > joints['little_4'][2]
    for finger in FINGERS:
        heights = [joints[f'{finger}_{k}'][1] for k in (1, 2, 3, 4)]
        assert heights == sorted(heights)


@pytest.mark.parametrize('finger', FINGERS)
def test_a_finger_bends_as_far_as_told_towards_the_palm(finger):
    straight = joints_of()
    bent = joints_of(**{f'{finger}_mcp': 90})
    names = [f'{finger}_{k}' for k in (1, 2)]
    before, after = (each[names[1]] - each[names[0]] for each in (straight, bent))
    assert angle_deg(before, np.zeros(3), after) == pytest.approx(90, abs=0.1)
    # The palm faces -x; the finger's base stays.
    assert after[0] < -0.015
    np.testing.assert_allclose(bent[names[0]], straight[names[0]], atol=1e-6)
    # Phalanges keep their lengths, and other fingers their places.
    assert np.linalg.norm(after) == pytest.approx(np.linalg.norm(before), abs=1e-5)
    for other in set(FINGERS) - {finger}:
        np.testing.assert_allclose(bent[f'{other}_4'], straight[f'{other}_4'], atol=1e-6)


def test_spread_is_towards_the_thumb():
    assert joints_of(index_spread=15)['index_4'][2] > joints_of()['index_4'][2] + 0.01


def test_classes_look_like_themselves():

    def reach(name):
        joints = dict(zip(ASTAR_JOINTS, load_hand_model().pose({}, class_pose(name)).joints))
        return {f: np.linalg.norm(joints[f'{f}_4']) for f in FINGERS}

    open_hand, fist, victory, index = map(reach, ('5', 'S', 'V', '1'))
    for finger in FINGERS:
        assert fist[finger] < 0.65 * open_hand[finger]
    assert victory['middle'] == pytest.approx(open_hand['middle'], rel=0.05)
    assert index['middle'] < 0.65 * victory['middle']
    assert len(set(ASTAR_POSES)) == 29


def test_poses_stay_within_the_limits():
    rng = np.random.default_rng(0)
    free = []
    for n in range(200):
        angles, _ = sample_hand_pose(rng, ASTAR_POSES[n % 29], n % 2 == 1)
        assert set(angles) == set(HAND_LIMITS_DEG)
        for name, (low, high) in HAND_LIMITS_DEG.items():
            assert low <= angles[name] <= high
        if n % 2:
            free.append(angles['index_mcp'])
        else:
            near = class_pose(ASTAR_POSES[n % 29])
            off = [abs(angles[name] - near[name]) for name in near]
            assert np.median(off) < 12
    assert np.ptp(free) > 80


def test_a_sample_depends_on_seed_and_index_alone():
    first = [make_hand_sample(3, index) for index in range(3)]
    again = [make_hand_sample(3, index) for index in (2, 1, 0)][::-1]
    for a, b in zip(first, again):
        assert all(np.array_equal(x, y) for x, y in zip(a, b))
    assert not np.array_equal(first[0].depth_m, first[1].depth_m)
    assert not np.array_equal(first[0].depth_m, make_hand_sample(4, 0).depth_m)


def test_labels_fit_the_image():
    gaps, on_hand, palms = [], [], []
    for index in range(0, 145, 5):
        sample = make_hand_sample(0, index)
        assert sample.depth_m.shape == (240, 320)
        joints = sample.keypoints_cam_m
        np.testing.assert_allclose(sample.keypoints_uv, project(joints, SOFTKINETIC_DS325))
        assert (joints[:, 2] > 0.15).all() and (joints[:, 2] < 0.83).all()
        hand = sample.depth_m[sample.hand_mask]
        assert len(hand) > 300 and (hand == 0).mean() < 0.3
        u, v = np.rint(sample.keypoints_uv).astype(int).T
        for k in np.flatnonzero(sample.visible):
            inside = sample.hand_mask[v[k], u[k]]
            on_hand.append(inside)
            if inside and sample.depth_m[v[k], u[k]]:
                gaps.append(joints[k, 2] - sample.depth_m[v[k], u[k]])
        to_index, to_little = joints[[4, 16]] - joints[0]
        palms.append(np.cross(to_index, to_little)[2])
    assert np.mean(on_hand) > 0.9
    # Joints lie half a finger's thickness inside.
    assert 0.003 < np.median(gaps) < 0.015
    # A right hand: index x little points to the back, away from the camera
    # unless the back is shown.
    assert np.mean(np.array(palms) < 0) > 0.7


def test_subjects_and_poses():
    assert [astar_subject(i) for i in (0, 28, 29, 434, 435)] == [16, 16, 17, 30, 31]
    assert astar_subject(50_000_000 + 434) == 15
    assert [astar_pose(i) for i in (0, 8, 28, 29)] == ['1', 'A', 'Y', '1']


def test_bad_arguments():
    with pytest.raises(ValueError, match='index -1'):
        make_hand_sample(0, -1)
