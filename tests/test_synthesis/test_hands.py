"""Hands before any camera: arms, postures, scenes, files."""

import json

import cv2
import numpy as np
import pytest

from mmpose_cmb.camera import project
from mmpose_cmb.datasets import DepthCocoDataset
from mmpose_cmb.synthesis import Recipe, generate_dataset
from mmpose_cmb.synthesis.arm import ArmShape, draw_out, girth_factor, partly_turned, rim_of
from mmpose_cmb.synthesis.hand import load_hand_model
from mmpose_cmb.synthesis.hand_pose import HAND_LIMITS_DEG, sample_any_hand_pose
from mmpose_cmb.synthesis.hand_scene import BACKGROUNDS, make_hand_frame, sample_scene

STRAIGHT = ArmShape(0, 0, np.array([0.0, -1.0, 0.0]), 0.25, 0.3, 1.0, np.inf, 1.0)


@pytest.fixture(scope='module')
def frames():
    return [make_hand_frame(5, index) for index in range(12)]


@pytest.fixture(scope='module')
def rim():
    model = load_hand_model()
    flat = dict.fromkeys(HAND_LIMITS_DEG, 0.0)
    return model.pose({}, flat).vertices[rim_of(model.faces)]


def test_the_rim_is_a_ring_around_the_wrist(rim):
    steps = np.linalg.norm(np.roll(rim, -1, axis=0) - rim, axis=1)
    assert len(rim) == 20 and steps.max() < 0.015
    # 11 to 19 cm around, at the wrist, across the arm.
    assert 0.11 < steps.sum() < 0.19 and np.abs(rim[:, 1]).max() < 0.015


def test_a_straight_arm(rim):
    arm = draw_out(rim, STRAIGHT, np.zeros((1, 20)))
    assert arm.elbow[1] == pytest.approx(-0.25, abs=0.02)
    assert arm.shoulder[1] == pytest.approx(-0.55, abs=0.02)
    vertices, faces = arm.mesh
    np.testing.assert_allclose(vertices[:20], rim)
    # Closed but for the rim at the wrist.
    assert len(rim_of(faces)) == 20 and faces.max() == len(vertices) - 1
    middle = rim.mean(axis=0)
    for behind, girth in ((0.25, 28.0), (0.535, 31.0)):
        ring = vertices[np.abs(vertices[:, 1] + behind) < 0.008]
        radius = np.linalg.norm((ring - middle)[:, [0, 2]], axis=1).mean()
        wrist = np.linalg.norm(rim - middle, axis=1).mean()
        assert radius / wrist == pytest.approx(girth / 16.5, rel=0.06)


def test_wrist_and_elbow_bend_as_told(rim):
    upper = np.array([0.6, 0.0, 0.8])
    shape = STRAIGHT._replace(flexion=np.radians(50), upper=upper)
    arm = draw_out(rim, shape, np.zeros((1, 20)))
    forearm = arm.elbow - rim.mean(axis=0)
    # The palm faces -x: bent towards it the forearm goes to -x, seen from the hand to +x.
    expected = np.array([np.sin(np.radians(50)), -np.cos(np.radians(50)), 0])
    assert forearm @ expected / np.linalg.norm(forearm) > 0.98
    past = arm.shoulder - arm.elbow
    assert past @ upper / np.linalg.norm(past) > 0.98


def test_a_sleeve_is_wider_from_where_it_begins(rim):
    arm = draw_out(rim, STRAIGHT._replace(sleeve_m=0.1, looseness=1.4), np.zeros((1, 20)))
    bare = draw_out(rim, STRAIGHT, np.zeros((1, 20)))
    rings = [each.mesh[0][:-1].reshape(-1, 20, 3) for each in (arm, bare)]
    widths = [np.linalg.norm(r - r.mean(1, keepdims=True), axis=2).mean(1) for r in rings]
    ratio = widths[0] / widths[1]
    np.testing.assert_allclose(ratio[:7], 1)
    np.testing.assert_allclose(ratio[7:], 1.4, rtol=1e-6)
    assert girth_factor(0, STRAIGHT) == 1


def test_partly_turned_is_a_rotation_by_a_share_of_the_angle():
    start, end = np.array([1.0, 0, 0]), np.array([0, 1.0, 0])
    for share, degrees in ((-1, 0), (0.5, 45), (1 / 3, 30), (2, 90)):
        angle = np.radians(degrees)
        np.testing.assert_allclose(
            partly_turned(start, end, share), [np.cos(angle), np.sin(angle), 0], atol=1e-12
        )
    np.testing.assert_array_equal(partly_turned(start, start, 0.5), start)


def test_postures_are_within_the_limits_and_of_all_kinds():
    rng = np.random.default_rng(0)
    drawn = [sample_any_hand_pose(rng) for _ in range(300)]
    for name, (low, high) in HAND_LIMITS_DEG.items():
        values = np.array([angles[name] for angles in drawn])
        assert low <= values.min() and values.max() <= high
    bent = np.array([[a[f'{f}_pip'] for f in ('index', 'middle', 'ring')] for a in drawn]).mean(1)
    # Flat hands, fists and what is between them.
    assert (bent < 15).any() and (bent > 85).any() and ((bent > 35) & (bent < 65)).sum() > 30


def test_scenes_have_the_hand_before_what_is_behind():
    rng = np.random.default_rng(1)
    seen = set()
    for _ in range(16):
        scene = sample_scene(rng)
        seen.add(scene.kind)
        hand = scene.meshes[0][0]
        assert len(scene.meshes) == len(scene.dark)
        assert 0.2 < np.median(hand[:, 2]) < 1.0
        for vertices, _ in scene.meshes[2:]:
            if scene.kind in ('wall', 'somebody'):
                assert np.percentile(vertices[:, 2], 5) > hand[:, 2].max()
    assert seen == set(BACKGROUNDS)


def test_joints_are_where_the_depth_shows_a_hand(frames):
    behind = []
    for frame in frames:
        (joints,), (uv,), (seen,) = frame.keypoints_cam_m, frame.keypoints_uv, frame.visible
        np.testing.assert_allclose(project(joints, frame.intrinsics), uv)
        x, y = np.rint(uv[seen]).astype(int).T
        depth_m = frame.depth_m[y, x]
        behind += list((joints[seen, 2] - depth_m)[depth_m > 0])
        x1, y1, x2, y2 = frame.boxes[0]
        assert (uv > (x1, y1)).all() and (uv < (x2, y2)).all()
    # Joints are inside of fingers and palm, and most are seen.
    assert 0.003 < np.median(behind) < 0.015 and len(behind) > 120
    sizes = {frame.depth_m.shape for frame in frames}
    assert len(sizes) > 1


def test_the_same_frame_again():
    one, other = (make_hand_frame(3, 4) for _ in range(2))
    np.testing.assert_array_equal(one.depth_m, other.depth_m)
    np.testing.assert_array_equal(one.keypoints_cam_m, other.keypoints_cam_m)
    assert (make_hand_frame(3, 5).depth_m.shape != one.depth_m.shape) or (
        make_hand_frame(3, 5).depth_m != one.depth_m
    ).any()


def test_files_are_read_by_the_data_set(tmp_path):
    root = tmp_path / 'hands'
    recipe = Recipe(4, layout='hands')
    assert generate_dataset(root, dict(train=3, test=1), recipe, progress=False)
    dataset = DepthCocoDataset(
        ann_file='train.json',
        metainfo=dict(from_file='configs/_base_/datasets/astar.py'),
        data_root=str(root),
        data_prefix=dict(img='depth/'),
    )
    assert len(dataset) == len(json.loads((root / 'train.json').read_text())['images']) == 3
    info = dataset.get_data_info(0)
    frame = make_hand_frame(4, 0)
    np.testing.assert_allclose(info['keypoints_cam'][0], frame.keypoints_cam_m[0], atol=1e-4)
    stored = cv2.imread(info['img_path'], cv2.IMREAD_UNCHANGED)
    np.testing.assert_array_equal(stored, np.rint(frame.depth_m * 1000))
