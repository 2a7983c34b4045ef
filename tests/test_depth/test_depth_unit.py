import numpy as np
import pytest

from mmpose_cmb.depth.depth_unit import check_distance, guess_unit_m


@pytest.mark.parametrize(
    'values, unit_m',
    [
        (np.array([0, 800, 3500], np.uint16), 0.001),
        (np.array([0, 100, 100], np.int32), 0.001),
        (np.array([0, 30000], np.uint16), 0.001),
        (np.array([np.nan, 0.4, 4.2]), 1.0),
        (np.array([0.1, 0.1], np.float64), 1.0),
        (np.array([-1, 0, np.inf, 2500.0], np.float32), 0.001),
        (np.zeros(4, np.uint16), 0.001),
        (np.full(4, np.nan), 1.0),
    ],
)
def test_guesses(values, unit_m):
    assert guess_unit_m(values) == unit_m


@pytest.mark.parametrize(
    'values, message',
    [
        (np.array([50, 60], np.uint16), 'middle value is 55.* in millimetres'),
        (np.array([40000], np.uint16), 'middle value is 40000'),
        (np.array([55.0]), 'in metres or millimetres. Give unit_m'),
        (np.array([90], np.uint8), '8-bit'),
        (np.array([True]), 'expected numbers, got bool'),
    ],
)
def test_refusals(values, message):
    with pytest.raises(ValueError, match=message):
        guess_unit_m(values)


def test_invalid_values_do_not_count():
    values = np.array([800, 65535, 65535], np.uint16)
    with pytest.raises(ValueError):
        guess_unit_m(values)
    assert guess_unit_m(values, (65535,)) == 0.001


def test_distances():
    for good in (
        np.zeros(3),
        np.array([0.1, 0.1]),
        np.array([30.0, 30.0]),
        np.array([0, 2, 2, 500.0]),
    ):
        check_distance(good, 1)
    for bad in (0.09, 31.0):
        with pytest.raises(ValueError, match=f'{bad:g} m with unit_m = 0.5'):
            check_distance(np.array([0, bad]), 0.5)
