"""Who is on the floor is carried by it: told by the body model's own bones."""

import numpy as np
import pytest

pytest.importorskip('anny')
pytest.importorskip('warp')

from mmpose_cmb.synthesis.body import load_body_model
from mmpose_cmb.synthesis.pose import SIDES, sample_pose
from mmpose_cmb.synthesis.room_people import make_room_person
from mmpose_cmb.synthesis.skeleton import arm_places, bone_rotations, leg_places


def test_limbs_lie_where_the_body_model_has_them():
    model, rng = load_body_model(), np.random.default_rng(0)
    for _ in range(3):
        angles, _ = sample_pose(rng)
        bones = model.pose({}, bone_rotations(angles, model.rest)).bones
        for side in SIDES:
            end = f'.{side[0].upper()}'
            leg = np.stack(leg_places(angles, side, model.rest))
            arm = np.stack(arm_places(angles, side, model.rest))
            for places, names in (
                (leg, ('upperleg01', 'lowerleg01', 'foot')),
                (arm, ('upperarm01', 'lowerarm01', 'wrist')),
            ):
                expected = np.stack([bones[name + end] - bones['root'] for name in names])
                np.testing.assert_allclose(places, expected, atol=1e-3)


def heights(posture, seed):
    """Metres over the floor, by the bones' names without their sides: both."""
    person = make_room_person(np.random.default_rng(seed), posture).person
    z = {name: place[2] + person.rise[2] for name, place in person.body.bones.items()}
    pairs = ('foot', 'lowerleg01', 'upperleg01', 'lowerarm01', 'wrist')
    return {name: np.array([z[f'{name}.L'], z[f'{name}.R']]) for name in pairs}


@pytest.mark.parametrize('posture', ['on_floor', 'leaning_back', 'cross_legged'])
def test_who_sits_on_the_floor_has_hips_and_feet_there(posture):
    for seed in range(4):
        found = heights(posture, seed)
        assert found['upperleg01'].max() < 0.3 and found['foot'].max() < 0.3


def test_who_leans_back_has_a_hand_on_the_floor():
    lowest = [heights('leaning_back', seed)['wrist'].min() for seed in range(6)]
    assert np.median(lowest) < 0.15


@pytest.mark.parametrize('posture, knees', [('kneeling', 2), ('half_kneeling', 1)])
def test_who_kneels_has_knees_and_feet_on_the_floor(posture, knees):
    found = [heights(posture, seed) for seed in range(6)]
    for each in found:
        assert (each['lowerleg01'] < 0.3).sum() >= knees and each['foot'].max() < 0.3
        assert each['upperleg01'].min() > 0.15
    # Some have their toes on the floor, most the upper side of the foot.
    assert np.median([each['lowerleg01'].min() for each in found]) < 0.2


def test_most_limbs_of_who_lies_are_no_higher_than_the_trunk():
    found = [heights('lying', seed) for seed in range(10)]
    trunk = np.array([each['upperleg01'].max() for each in found])
    for name, slack in (('foot', 0.2), ('wrist', 0.3)):
        high = np.array([each[name].max() for each in found])
        assert (high < trunk + slack).mean() >= 0.6, name
