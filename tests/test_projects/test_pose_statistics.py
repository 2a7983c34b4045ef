"""Poses of two annotation files compared."""

import sys
from pathlib import Path

import numpy as np
import pytest

from mmpose_cmb.formats.k2hpd import K2HPD_JOINTS, write_k2hpd_annotations

PROJECT = Path(__file__).resolve().parents[2] / 'projects' / 'pose_statistics'


@pytest.fixture
def compare(monkeypatch):
    monkeypatch.syspath_prepend(str(PROJECT))
    yield __import__('compare')
    sys.modules.pop('compare', None)


def person(right_arm=0.0, left_arm=0.0, turned=0.0):
    """Somebody who faces the camera; angles in degrees, arms raised sideways."""
    joints = {name: np.zeros(2) for name in K2HPD_JOINTS}
    joints.update(
        head=(0, -80),
        neck=(0, -60),
        spine_shoulder=(0, -50),
        mid_spine=(0, -25),
        spine_base=(0, 0),
    )
    for side, sign, raised in (('right', -1, right_arm), ('left', 1, left_arm)):
        angle = np.radians(raised)
        arm = np.array((sign * np.sin(angle), np.cos(angle)))
        shoulder = np.array((sign * 15.0, -50))
        joints.update(
            {
                f'{side}_shoulder': shoulder,
                f'{side}_elbow': shoulder + 25 * arm,
                f'{side}_wrist': shoulder + 45 * arm,
                f'{side}_hand': shoulder + 50 * arm,
                f'{side}_hip': (sign * 7, 2),
                f'{side}_knee': (sign * 8, 40),
                f'{side}_foot': (sign * 8, 75),
            }
        )
    cos, sin = np.cos(np.radians(turned)), np.sin(np.radians(turned))
    pixels = np.array([joints[name] for name in K2HPD_JOINTS], float)
    return pixels @ np.array([[cos, sin], [-sin, cos]]) + (120, 100)


def test_angles_by_hand(compare):
    limbs = compare.limb_angles(np.stack([person(90, 30), person(10, 170, turned=20)]))
    np.testing.assert_allclose(limbs.trunk, [0, 20], atol=1e-9)
    # Along the trunk, whichever way that leans; both sides outwards.
    np.testing.assert_allclose(limbs.parts['shoulder - elbow'], [[90, 30], [10, 170]], atol=1e-9)
    np.testing.assert_allclose(limbs.parts['knee - foot'], 0, atol=1e-9)
    assert (limbs.parts['hip - knee'] > 0).all()


def test_pairs_by_hand(compare):
    people = np.stack([person(90, 0), person(0, 90), person(120, 170), person(0, 0)])
    found = dict(compare.pairs(people, compare.limb_angles(people)))
    assert found['one upper arm raised by 60 degrees, the other hangs, %'] == 50
    assert found['both raised by 60 degrees, %'] == 25
    assert found['both wrists, %'] == 0 and found['one wrist higher than the head, %'] == 25
    assert found['the right shoulder at the right (from behind), %'] == 0
    behind = people[:, :, :] * (-1, 1) + (240, 0)
    found = dict(compare.pairs(behind, compare.limb_angles(behind)))
    assert found['the right shoulder at the right (from behind), %'] == 100
    assert found['wrists cross, %'] == 0


def test_the_nearest_pose_is_that_of_a_search_one_by_one(compare):
    rng = np.random.default_rng(0)
    poses, others = rng.normal(size=(7, 38)), rng.normal(size=(30, 38))
    brute = [
        min(np.sqrt(((p - o).reshape(19, 2) ** 2).sum(1).mean()) for o in others) for p in poses
    ]
    np.testing.assert_allclose(compare.nearest(poses, others), brute, rtol=1e-9)


def test_place_and_scale_do_not_count(compare):
    people = np.stack([person(i, 2 * i) for i in range(40)])
    found = compare.distances(people, 1.7 * people + 31)
    np.testing.assert_allclose(found['real, nearest synthetic'], 0, atol=1e-6)
    # Neighbours in the file are left out.
    assert found['real, nearest of as many real ones of other recordings'].min() > 0.01


def test_the_whole_command(compare, tmp_path, capsys, monkeypatch):
    people = np.stack([person(i, 2 * i) for i in range(40)])
    write_k2hpd_annotations(tmp_path / 'a.txt', range(40), people)
    (tmp_path / 'a.txt').open('a').write('nonsense\n')
    write_k2hpd_annotations(tmp_path / 'b.txt', range(40), people + 5)
    monkeypatch.setattr(
        sys, 'argv', ['compare.py', *map(str, (tmp_path / 'a.txt', tmp_path / 'b.txt'))]
    )
    compare.main()
    said = capsys.readouterr().out
    assert 'a.txt, line 41' in said and '40 real poses, 40 synthetic ones' in said
    rows = [line for line in said.splitlines() if line.startswith('| shoulder - elbow')]
    assert rows[0].split('|')[3:] == rows[1].split('|')[3:]
