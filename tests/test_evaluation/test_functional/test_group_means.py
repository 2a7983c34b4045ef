import numpy as np
import pytest

from mmpose_cmb.evaluation.functional import group_means, joint_mean


def test_means_by_hand_keep_the_order():
    per_joint = np.array([[90.0, 60.0, 30.0], [80.0, 40.0, 0.0]])
    means = group_means(per_joint, {'Legs': [1, 2], 'Head': [0]})
    assert list(means) == ['Legs', 'Head']
    np.testing.assert_array_equal(means['Legs'], [45, 20])
    np.testing.assert_array_equal(means['Head'], [90, 80])


def test_joints_without_a_figure_are_left_out():
    per_joint = np.array([90.0, np.nan, np.nan])
    means = group_means(per_joint, {'Some': [0, 1], 'None': [1, 2]})
    assert means['Some'] == 90
    assert np.isnan(means['None'])
    assert joint_mean(per_joint) == 90


def test_paper_table_6_full_body_of_the_groups():
    """Table 6, "w/o CMB", 19 joints: the group sizes give its last rows."""
    sizes = dict(
        Head=1, Neck=1, Shoulders=2, Elbows=2, Hands=2, Wrists=2, Torso=3, Hips=2, Knees=2, Feet=2
    )
    ids, start = {}, 0
    for name, size in sizes.items():
        ids[name] = list(range(start, start + size))
        start += size
    assert start == 19
    per_joint = np.arange(19.0)
    by_group = group_means(per_joint, ids)
    full = group_means(per_joint, {'Full Body': range(19)})['Full Body']
    weighted = sum(by_group[n] * s for n, s in sizes.items()) / 19
    assert full == pytest.approx(weighted)


def test_bad_groups():
    with pytest.raises(ValueError, match='"Tail" has no joints'):
        group_means(np.zeros(3), {'Tail': []})
    with pytest.raises(ValueError, match=r'"Tail" names .*\[3\].*3 joints'):
        group_means(np.zeros(3), {'Tail': [0, 3]})
    with pytest.raises(ValueError, match=r'\[-1\]'):
        group_means(np.zeros(3), {'Tail': [-1]})
