import json

import cv2
import matplotlib
import pytest

from mmpose_cmb.visualization import draw_learning_curve
from mmpose_cmb.visualization.learning_curve import read_scalars, training_curves


def write_run(folder, records, end='\n'):
    folder = folder / 'vis_data'
    folder.mkdir(parents=True)
    text = '\n'.join(json.dumps(record) for record in records)
    (folder / 'scalars.json').write_text(text + end)
    return str(folder / 'scalars.json')


def train(iteration, loss):
    return dict(loss=loss, lr=0.1, iter=iteration, step=iteration)


def test_iteration_based_run():
    losses, scores = training_curves(
        [train(50, 3.0), train(100, 2.0), {'PDJ@0.20': 40.0, 'step': 120}, train(150, 1.0)],
        ['PDJ@0.20', 'PCKh@0.5'],
    )
    assert losses == {'loss': [(50, 3.0), (100, 2.0), (150, 1.0)]}
    assert scores == {'PDJ@0.20': [(120, 40.0)]}


def epochs(numbers, length=75, interval=50):
    """Records as MMEngine writes them: none at the end of an epoch, unless
    it is shorter than the interval, and validation every second epoch.
    """
    for epoch in numbers:
        begin = (epoch - 1) * length
        at = [*range(interval, length + 1, interval)] or [length]
        for inner in at:
            yield dict(train(begin + inner, 1.0 / (begin + inner)), epoch=epoch)
        if epoch % 2 == 0:
            yield dict(AP=10.0 * epoch, step=epoch)


@pytest.mark.parametrize('length', [30, 75, 100, 120])
def test_validation_is_at_the_end_of_its_epoch(length):
    losses, scores = training_curves([*epochs(range(1, 7), length)], ['AP'])
    assert scores == {'AP': [(2 * length, 20.0), (4 * length, 40.0), (6 * length, 60.0)]}
    first = min(50, length)
    assert [i for i, _ in losses['loss']][:2] == [first, 100 if length >= 100 else length + first]


def test_resumed_after_an_epoch_that_is_run_again():
    records = [*epochs(range(1, 5)), *epochs([4, 5, 6])]
    losses, scores = training_curves(records, ['AP'])
    assert [i for i, _ in losses['loss']] == [50, 125, 200, 275, 350, 425]
    assert scores == {'AP': [(150, 20.0), (300, 40.0), (450, 60.0)]}


def test_one_epoch_alone_ends_no_earlier_than_its_last_record():
    """No second epoch tells how long it was; iteration 100 is run again."""
    losses, scores = training_curves(
        [
            dict(train(100, 3.0), epoch=1),
            dict(train(200, 2.9), epoch=1),
            dict(AP=30.0, step=1),
            dict(train(100, 2.5), epoch=1),
            dict(train(200, 2.0), epoch=1),
            dict(AP=40.0, step=1),
        ],
        ['AP'],
    )
    assert losses == {'loss': [(100, 2.5), (200, 2.0)]}
    assert scores == {'AP': [(200, 40.0)]}


def test_picture(tmp_path):
    backend = matplotlib.get_backend()
    records = [train(i, 1 / i) for i in range(10, 100, 10)]
    write_run(tmp_path / '20200101_000000', records)
    loss_only = draw_learning_curve(str(tmp_path))
    assert loss_only == str(tmp_path / 'learning_curve.png')
    narrow = cv2.imread(loss_only)

    # A resumed run beside it, with validation.
    write_run(tmp_path / '20200102_000000', [train(100, 0.01), {'PDJ@0.20': 80.0, 'step': 100}])
    both = draw_learning_curve(str(tmp_path), str(tmp_path / 'o' / 'c.png'))
    assert cv2.imread(both).shape[1] > 1.5 * narrow.shape[1]
    assert [p.name for p in (tmp_path / 'o').iterdir()] == ['c.png']
    assert matplotlib.get_backend() == backend


def test_unfinished_last_line_is_left_out_and_others_are_named(tmp_path):
    path = write_run(tmp_path / 'a', [train(1, 2.0)], end='\n{"loss": 1')
    assert read_scalars(path) == [train(1, 2.0)]
    path = write_run(tmp_path / 'b', [train(1, 2.0)], end='\n{"loss\n\n')
    with pytest.raises(ValueError, match=r'scalars.json, line 2: not JSON'):
        read_scalars(path)


def test_nothing_to_draw(tmp_path):
    with pytest.raises(FileNotFoundError, match='LocalVisBackend'):
        draw_learning_curve(str(tmp_path))
    write_run(tmp_path, [{'PDJ@0.20': 80.0, 'step': 100}])
    with pytest.raises(ValueError, match='no training loss .* only a test'):
        draw_learning_curve(str(tmp_path))
