"""Labels that lie elsewhere than the people of their images."""

import json

import cv2
import numpy as np
import pytest

from mmpose_cmb.datasets.labels_on_people import (
    MIN_PERSONS,
    UNDONE,
    is_before_its_border,
    look_at_labels,
)

from ..conftest import REPOSITORY

NAMES = ('head', 'neck', 'left_hand', 'right_hand', 'left_foot', 'right_foot')
BODY = np.array([[0, -20], [0, -14], [-6, -2], [6, -2], [-4, 20], [4, 20]], float)


def person(rng, depth_m=2.0, wall_m=3.5):
    """A frame of a wall, a floor and a body of bars, and its joints."""
    depth = np.full((96, 128), wall_m, np.float32)
    depth[70:] = np.linspace(wall_m, 1.5, 26)[:, None]
    joints = BODY + (rng.uniform(70, 115), rng.uniform(28, 60))
    for start, end in ((0, 1), (1, 2), (1, 3), (1, 4), (1, 5)):
        ends = np.rint(joints[[start, end]]).astype(int)
        cv2.line(depth, tuple(map(int, ends[0])), tuple(map(int, ends[1])), depth_m, 3)
    return depth, joints


@pytest.fixture(scope='module')
def people():
    rng = np.random.default_rng(0)
    return [person(rng) for _ in range(40)]


def test_right_labels(people):
    found = look_at_labels(people)
    assert found.persons == 40 and found.shares['as they are'] == 1
    assert found.warning() is None


@pytest.mark.parametrize(
    ('change', 'undone'),
    [
        (lambda depth, joints: (depth, joints / 2), 'times 2'),
        (lambda depth, joints: (depth, joints * 4), 'times 0.25'),
        (lambda depth, joints: (depth[:, ::-1], joints), 'mirrored'),
        (lambda depth, joints: (depth, joints[:, ::-1]), 'with x and y exchanged'),
    ],
)
def test_changed_labels(people, change, undone):
    found = look_at_labels([change(*one) for one in people])
    assert f'{undone} 100 %' in found.warning()
    few = look_at_labels([change(*one) for one in people[: MIN_PERSONS - 1]])
    assert few.warning() is None


def test_every_change_is_undone():
    """Labels of a W x H image, changed by hand: each entry gives them back."""
    pixels, width = np.array([[10.0, 24.0], [5.0, 7.0]]), 100
    changed = {
        'as they are': pixels,
        'times 0.25': 4 * pixels,
        'times 0.333': 3 * pixels,
        'times 0.5': 2 * pixels,
        'times 2': pixels / 2,
        'times 3': pixels / 3,
        'times 4': pixels / 4,
        'mirrored': np.array([[89.0, 24.0], [94.0, 7.0]]),
        'with x and y exchanged': np.array([[24.0, 10.0], [7.0, 5.0]]),
    }
    assert list(changed) == list(UNDONE)
    for name, undo in UNDONE.items():
        np.testing.assert_allclose(undo(changed[name], width), pixels)


def test_what_is_before_its_border():
    depth, joints = person(np.random.default_rng(1))
    assert is_before_its_border(depth, joints)
    # Somebody who leans on the wall; joints beside the image; nothing but holes.
    assert not is_before_its_border(*person(np.random.default_rng(1), depth_m=3.45))
    assert not is_before_its_border(depth, joints + 300)
    assert not is_before_its_border(0 * depth, joints)
    # The background was taken away.
    alone = np.where(depth == 2, depth, 0)
    assert is_before_its_border(alone, joints)
    assert not is_before_its_border(alone, joints / 2)


def test_the_tool_warns(people, tmp_path, call_tool):
    images, annotations = [], []
    for i, (depth, joints) in enumerate(people[:25]):
        cv2.imwrite(str(tmp_path / f'{i}.png'), (1000 * depth).astype(np.uint16))
        images.append(dict(id=i, file_name=f'{i}.png', width=128, height=96))
        triples = np.column_stack([joints / 2, np.full(len(joints), 2)])
        annotations.append(
            dict(id=i, image_id=i, category_id=1, keypoints=triples.ravel().tolist())
        )
    content = dict(
        depth_unit_m=0.001,
        images=images,
        annotations=annotations,
        categories=[dict(id=1, name='person', keypoints=NAMES)],
    )
    (tmp_path / 'half.json').write_text(json.dumps(content))
    ended = call_tool(REPOSITORY / 'tools' / 'check_dataset.py', tmp_path / 'half.json')
    assert ended.status == 0
    assert 'warning: the labels seem to be those of other images' in ended.out
