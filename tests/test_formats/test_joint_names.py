"""A data set's joints, in its format and in its configuration file."""

import pytest

from mmpose_cmb.datasets.dataset_info import parse_depth_metainfo
from mmpose_cmb.formats import astar, itop, k2hpd
from mmpose_cmb.formats.joint_names import flip_indices, limbs


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
