"""A data set's joints, in its format and in its configuration file."""

import pytest

from mmpose_cmb.datasets.dataset_info import parse_depth_metainfo
from mmpose_cmb.formats import astar, itop, k2hpd
from mmpose_cmb.formats.joint_names import (
    flip_indices,
    limbs,
    mirrored_pairs,
    side_of,
    without_partner,
)


@pytest.mark.parametrize(
    'name, joints, bones, sided',
    [
        ('k2hpd', k2hpd.K2HPD_JOINTS, k2hpd.K2HPD_BONES, 14),
        ('itop', itop.ITOP_JOINTS, itop.ITOP_BONES, 12),
        ('astar', astar.ASTAR_JOINTS, astar.ASTAR_BONES, 0),
    ],
)
def test_configs_and_formats_agree(name, joints, bones, sided):
    meta = parse_depth_metainfo(dict(from_file=f'configs/_base_/datasets/{name}.py'))
    assert [meta['keypoint_id2name'][i] for i in range(len(joints))] == list(joints)
    assert meta['num_keypoints'] == len(joints)
    flipped = flip_indices(joints)
    assert meta['flip_indices'] == list(flipped)
    assert sum(i != j for i, j in enumerate(flipped)) == sided
    links = {frozenset(joints[i] for i in link) for link in meta['skeleton_links']}
    assert links == set(map(frozenset, bones)) and len(links) == len(bones)


def test_both_sides_of_limbs():
    assert limbs([('neck', '*_hand'), ('*_hand', '*_foot')]) == (
        ('neck', 'right_hand'),
        ('right_hand', 'right_foot'),
        ('neck', 'left_hand'),
        ('left_hand', 'left_foot'),
    )


def test_a_joint_without_its_counterpart():
    with pytest.raises(ValueError, match='right_hand.* has no counterpart'):
        flip_indices(['head', 'right_hand'])


@pytest.mark.parametrize(
    'left, right',
    [
        ('left_hip', 'right_hip'),
        ('hip_left', 'hip_right'),
        ('HIP_LEFT', 'HIP_RIGHT'),  # Azure Kinect
        ('HipLeft', 'HipRight'),  # Kinect v1, v2
        ('LeftHip', 'RightHip'),
        ('Left hip', 'Right hip'),
        ('XN_SKEL_LEFT_HIP', 'XN_SKEL_RIGHT_HIP'),  # OpenNI
        ('L_hip', 'R_hip'),
        ('hip_l', 'hip_r'),
        ('LHip', 'RHip'),
        ('lHip', 'rHip'),
        ('lhip', 'rhip'),
        ('Hip.L', 'Hip.R'),
        ('J_Bip_L_Hip', 'J_Bip_R_Hip'),
    ],
)
def test_spellings_of_a_side(left, right):
    names = ['pelvis', right, 'collar', left, 'sternal', 'upper_lip']
    assert mirrored_pairs(names) == [(left, right)]
    assert flip_indices(names) == (0, 3, 2, 1, 4, 5)
    assert [side_of(name, names) for name in names[:4]] == ['middle', 'right', 'middle', 'left']
    assert without_partner(names) == []


def test_a_side_without_a_partner():
    names = ['head', 'HandLeft', 'right_hand', 'l_foot']
    assert mirrored_pairs(names) == []
    assert without_partner(names) == ['HandLeft', 'right_hand']
