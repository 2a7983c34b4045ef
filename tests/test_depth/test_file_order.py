import random

import pytest

from mmpose_cmb.depth.file_order import in_order, number_of


@pytest.mark.parametrize(
    'names',
    [
        ['7', 'a3', 'b2', 'b10'],
        ['1.png', '2.png', '10.png', '100.png'],
        # Take and frame.
        ['1.1.png', '1.2.png', '1.9.png', '1.10.png', '1.11.png', '2.1.png'],
        # Seconds as floats are written, from a start and since 1970.
        ['0.0.png', '0.033.png', '0.1.png', '0.4666.png', '1.5.png', '10.0.png'],
        ['d_1700000000.05.png', 'd_1700000000.1.png', 'd_1700000000.25.png', 'd_1700000001.png'],
        ['1700000000.png', '1700000000.5.png'],
        ['depth\u00b2_1.png', 'depth\u00b2_10.png'],
    ],
)
def test_orders(names):
    mixed = list(names)
    random.Random(0).shuffle(mixed)
    assert in_order(mixed) == names


@pytest.mark.parametrize('form', ['{}', '{:.3f}', '{:.6f}', 'depth-{}'])
def test_times_in_names(form):
    draw = random.Random(0)
    times = [1700000000 + i / 30 + draw.random() / 1000 for i in range(300)]
    names = [f'{form.format(time)}.png' for time in times]
    assert in_order(draw.sample(names, 300)) == names
    rounded = [f'{round(time, 3)}.png' for time in times]
    assert in_order(draw.sample(rounded, 300)) == rounded


def test_the_number_of_a_name():
    assert [
        number_of(n) for n in ('a/000012.png', '7.tif', 'b7.png', '1.5.png', '\u00b2.png')
    ] == [12, 7, None, None, None]
