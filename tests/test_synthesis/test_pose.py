import numpy as np
import pytest

from mmpose_cmb.synthesis.body import load_body_model
from mmpose_cmb.synthesis.joints import K2HPD_JOINTS, k2hpd_joints
from mmpose_cmb.synthesis.pose import (
    ARM_BEHAVIOURS,
    JOINT_LIMITS_DEG,
    LEG_BEHAVIOURS,
    clip_to_limits,
    sample_pose,
)
from mmpose_cmb.synthesis.skeleton import arms_are_free, bone_rotations, direction

STRAIGHT = {name: 0.0 for name in JOINT_LIMITS_DEG}


@pytest.fixture(scope='module')
def model():
    return load_body_model()


def joints_of(model, **angles):
    """Named joints of a middle-sized body, pelvis at the origin."""
    rotations = bone_rotations(dict(STRAIGHT, **angles), model.rest)
    joints = k2hpd_joints(model.pose({}, rotations))
    return dict(zip(K2HPD_JOINTS, joints))


def unit(vector):
    return vector / np.linalg.norm(vector)


def test_sampled_poses_keep_the_limits():
    rng = np.random.default_rng(0)
    for _ in range(400):
        angles, legs = sample_pose(rng)
        assert set(angles) == set(JOINT_LIMITS_DEG)
        assert legs in LEG_BEHAVIOURS
        for name, (least, greatest) in JOINT_LIMITS_DEG.items():
            assert least <= angles[name] <= greatest, name
        for side in ('left', 'right'):
            if angles[f'{side}_thigh_plane'] > 179:
                assert angles[f'{side}_thigh_raise'] <= 31


def test_clipping():
    wild = dict(STRAIGHT, left_elbow=190.0, right_elbow=-20.0, neck_flex=12.0)
    clipped = clip_to_limits(wild)
    assert clipped['left_elbow'] == 145
    assert clipped['right_elbow'] == 0
    assert clipped['neck_flex'] == 12
    # A thigh goes back by 30 degrees at most, an arm by 50.
    back = clip_to_limits(
        dict(
            STRAIGHT,
            left_thigh_raise=80.0,
            left_thigh_plane=180.0,
            left_arm_raise=170.0,
            left_arm_plane=150.0,
        )
    )
    assert back['left_thigh_raise'] == 30
    assert back['left_arm_raise'] == 50


def test_poses_are_varied():
    rng = np.random.default_rng(1)
    poses = [sample_pose(rng) for _ in range(600)]
    yaw = np.array([angles['pelvis_yaw'] for angles, _ in poses])
    assert 0.7 < (np.abs(yaw) < 60).mean() < 0.9
    assert (np.abs(yaw) > 120).mean() > 0.04
    assert {legs for _, legs in poses} == set(LEG_BEHAVIOURS)
    raised = np.array([angles['left_arm_raise'] for angles, _ in poses])
    assert (raised > 120).mean() > 0.08
    assert (raised < 25).mean() > 0.15
    bend = np.array([angles['spine_flex'] for angles, _ in poses])
    assert (bend > 30).mean() > 0.05


def test_arms_are_drawn_again_until_plausible():
    seen = []

    def third_time(angles):
        seen.append(angles['left_arm_raise'])
        return len(seen) == 3

    angles, _ = sample_pose(np.random.default_rng(0), third_time)
    assert len(set(seen)) == 3
    assert angles['left_arm_raise'] == seen[2]


def test_behaviour_ranges_lie_within_the_limits():
    for _, ranges in ARM_BEHAVIOURS.values():
        for name, (low, high) in ranges.items():
            least, greatest = JOINT_LIMITS_DEG[f'left_{name}']
            assert least <= low < high <= greatest


def test_direction():
    np.testing.assert_allclose(direction(0, 1.0), [0, 0, -1], atol=1e-12)
    np.testing.assert_allclose(direction(np.pi / 2, 0), [0, -1, 0], atol=1e-12)
    np.testing.assert_allclose(direction(np.pi / 2, np.pi / 2), [1, 0, 0], atol=1e-12)


@pytest.mark.parametrize(
    'raised, plane', [(10, 90), (90, 90), (90, 0), (170, 45), (60, -30), (40, 140)]
)
def test_upper_arms_point_where_the_angles_say(model, raised, plane):
    joints = joints_of(
        model,
        left_arm_raise=raised,
        left_arm_plane=plane,
        right_arm_raise=raised,
        right_arm_plane=plane,
    )
    expected = direction(np.radians(raised), np.radians(plane))
    left = unit(joints['left_elbow'] - joints['left_shoulder'])
    np.testing.assert_allclose(left, expected, atol=1e-4)
    right = unit(joints['right_elbow'] - joints['right_shoulder'])
    np.testing.assert_allclose(right, expected * (-1, 1, 1), atol=1e-4)


@pytest.mark.parametrize('elbow', [0, 45, 140])
def test_elbow_angle(model, elbow):
    joints = joints_of(model, left_elbow=elbow, left_arm_raise=30, left_arm_twist=40)
    upper = unit(joints['left_elbow'] - joints['left_shoulder'])
    fore = unit(joints['left_wrist'] - joints['left_elbow'])
    assert np.degrees(np.arccos(np.clip(upper @ fore, -1, 1))) == pytest.approx(elbow, abs=0.1)


def test_inward_twist_brings_the_forearm_before_the_body(model):
    outward, inward = (
        joints_of(model, left_elbow=90, left_arm_twist=twist)['left_wrist'][0] for twist in (0, 70)
    )
    assert inward < outward - 0.1


def test_thighs_hold_their_direction_when_the_pelvis_tilts(model):
    for tilt in (0, 50):
        joints = joints_of(model, pelvis_tilt=tilt, left_thigh_raise=70, left_thigh_plane=20)
        thigh = model.pose(
            {},
            bone_rotations(
                dict(STRAIGHT, pelvis_tilt=tilt, left_thigh_raise=70, left_thigh_plane=20),
                model.rest,
            ),
        ).bones
        left = unit(thigh['lowerleg01.L'] - thigh['upperleg01.L'])
        np.testing.assert_allclose(left, direction(np.radians(70), np.radians(20)), atol=1e-4)
        assert joints['left_knee'][1] < joints['right_knee'][1] - 0.2


def test_knee_bends_backward_and_spine_forward(model):
    straight = joints_of(model)
    bent = joints_of(model, right_knee=90)
    assert bent['right_foot'][1] > straight['right_foot'][1] + 0.3
    stooped = joints_of(model, spine_flex=60)
    assert stooped['head'][1] < straight['head'][1] - 0.2
    leaning = joints_of(model, spine_side=30)
    assert leaning['head'][0] > straight['head'][0] + 0.1


def test_arms_may_not_enter_the_trunk_or_the_head(model):
    assert arms_are_free(
        dict(
            STRAIGHT,
            left_arm_raise=20.0,
            left_arm_plane=90.0,
            right_arm_raise=20.0,
            right_arm_plane=90.0,
        ),
        model.rest,
    )
    # The forearm bent inward across a hanging arm goes through the belly.
    assert not arms_are_free(
        dict(
            STRAIGHT,
            right_arm_raise=20.0,
            right_arm_plane=90.0,
            left_arm_raise=20.0,
            left_arm_plane=150.0,
            left_elbow=100.0,
            left_arm_twist=80.0,
        ),
        model.rest,
    )
