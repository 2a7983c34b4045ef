"""Left and right by the way in which elbows bend."""

import json

import cv2
import numpy as np
import pytest

from mmpose_cmb.camera import Camera, project
from mmpose_cmb.datasets.sides import MIN_PERSONS, arm_joints, look_at_elbows

from ..conftest import REPOSITORY

SIDES = ('left', 'right')
NAMES = [f'{side}_{part}' for part in ('shoulder', 'elbow', 'hand', 'hip') for side in SIDES]
CAMERA = Camera(60.0, 60.0, 40.0, 30.0, 80, 60)
SWAPPED = [1, 0, 3, 2, 5, 4, 7, 6]


def people(number, seed=0):
    """They look to the camera, or turn by up to 60 degrees; elbows behind."""
    rng = np.random.default_rng(seed)
    left = np.array([[0.2, -0.4, 0], [0.3, -0.1, 0.1], [0.3, 0.2, -0.05], [0.1, 0.2, 0]])
    joints = np.stack([left, left * (-1, 1, 1)], axis=1).reshape(8, 3)
    turn = rng.uniform(-1, 1, number)
    cos, sin, zero, one = np.cos(turn), np.sin(turn), 0 * turn, 0 * turn + 1
    rotation = np.stack([cos, zero, sin, zero, one, zero, -sin, zero, cos], -1)
    turned = np.einsum('nij,kj->nki', rotation.reshape(-1, 3, 3), joints)
    return turned + rng.normal(0, 0.02, turned.shape) + (0, 0, 2)


def share(joints_m):
    return look_at_elbows(joints_m, arm_joints(NAMES)).share


def test_right_labels_and_exchanged_ones():
    joints_m = people(200)
    assert share(joints_m) > 0.95
    assert share(joints_m[:, SWAPPED]) < 0.05
    assert share(joints_m * (-1, 1, 1)) < 0.05
    # A mirrored image with its labels exchanged is one of another person.
    assert share((joints_m * (-1, 1, 1))[:, SWAPPED]) > 0.95
    half = np.concatenate([joints_m[:100], joints_m[100:, SWAPPED]])
    elbows = look_at_elbows(half, arm_joints(NAMES))
    assert elbows.warning(in_space=True) and elbows.warning(in_space=False) is None


def test_who_tells_nothing():
    straight = people(80)
    straight[:, [2, 3]] = (straight[:, [0, 1]] + straight[:, [4, 5]]) / 2
    assert look_at_elbows(straight, arm_joints(NAMES)).persons == 0
    unknown = np.full((80, 8, 3), np.nan)
    assert look_at_elbows(unknown, arm_joints(NAMES)).warning(True) is None
    few = people(MIN_PERSONS - 1)[:, SWAPPED]
    assert look_at_elbows(few, arm_joints(NAMES)).warning(True) is None


@pytest.mark.parametrize(
    'spelling', ['ShoulderLeft ShoulderRight', 'LShldr RShldr', 'shoulder.L shoulder.R']
)
def test_other_spellings(spelling):
    left, right = spelling.split()
    part = 'Shldr' if 'Shldr' in left else 'Shoulder' if 'Shoulder' in left else 'shoulder'
    parts = (part, 'Elbow', 'Wrist', 'Hip')
    names = [side.replace(part, other) for other in parts for side in (left, right)]
    assert arm_joints(names) == [(0, 1), (2, 3), (4, 5), (6, 7)]
    assert arm_joints(names[:6]) is None


@pytest.mark.parametrize('in_space', [True, False])
@pytest.mark.parametrize('exchanged', [True, False])
def test_the_tool_warns(in_space, exchanged, tmp_path, call_tool):
    joints_m = people(60)
    images, annotations = [], []
    for i, person in enumerate(joints_m):
        pixels = project(person, CAMERA)
        depth = np.full((60, 80), 2000, np.uint16)
        for (x, y), z in zip(np.rint(pixels).astype(int), person[:, 2]):
            depth[y, x] = 1000 * z
        cv2.imwrite(str(tmp_path / f'{i}.png'), depth)
        order = SWAPPED if exchanged else list(range(8))
        triples = np.column_stack([pixels[order], np.full(8, 2)]).round(3)
        images.append(dict(id=i, file_name=f'{i}.png', width=80, height=60))
        annotations.append(
            dict(id=i, image_id=i, category_id=1, keypoints=triples.ravel().tolist())
        )
        if in_space:
            annotations[-1]['keypoints_cam'] = person[order].round(4).ravel().tolist()
    content = dict(
        depth_unit_m=0.001,
        intrinsics=CAMERA[:4],
        images=images,
        annotations=annotations,
        categories=[dict(id=1, name='person', keypoints=NAMES)],
    )
    (tmp_path / 'all.json').write_text(json.dumps(content))
    ended = call_tool(REPOSITORY / 'tools' / 'check_dataset.py', tmp_path / 'all.json')
    assert ended.status == 0 and 'all.json: 60 good samples, 0 bad ones' in ended.out
    assert ('warning: left and right seem to be exchanged' in ended.out) == exchanged
