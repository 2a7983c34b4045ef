import json

import cv2
import matplotlib
import pytest

from mmpose_cmb.visualization import draw_learning_curve
from mmpose_cmb.visualization.learning_curve import (read_scalars,
                                                     training_curves)


def write_run(folder, records, end='\n'):
    folder = folder / 'vis_data'
    folder.mkdir(parents=True)
    text = '\n'.join(json.dumps(record) for record in records)
    (folder / 'scalars.json').write_text(text + end)
    return str(folder / 'scalars.json')


def train(iteration, loss):
    return dict(loss=loss, lr=0.1, iter=iteration, step=iteration)


def test_iteration_based_run():
    losses, scores = training_curves([
        train(50, 3.),
        train(100, 2.), {
            'PDJ@0.20': 40.,
            'step': 120
        },
        train(150, 1.)
    ], ['PDJ@0.20', 'PCKh@0.5'])
    assert losses == {'loss': [(50, 3.), (100, 2.), (150, 1.)]}
    assert scores == {'PDJ@0.20': [(120, 40.)]}


def test_epoch_based_run_and_resume():
    """Validation's step is the epoch; iteration 100 is run again."""
    losses, scores = training_curves([
        train(100, 3.),
        dict(AP=40., step=1),
        train(100, 2.5),
        train(200, 2.),
        dict(AP=60., step=2)
    ], ['AP'])
    assert losses == {'loss': [(100, 2.5), (200, 2.)]}
    assert scores == {'AP': [(100, 40.), (200, 60.)]}


def test_picture(tmp_path):
    backend = matplotlib.get_backend()
    records = [train(i, 1 / i) for i in range(10, 100, 10)]
    write_run(tmp_path / '20200101_000000', records)
    loss_only = draw_learning_curve(str(tmp_path))
    assert loss_only == str(tmp_path / 'learning_curve.png')
    narrow = cv2.imread(loss_only)

    # A resumed run beside it, with validation.
    write_run(tmp_path / '20200102_000000',
              [train(100, 0.01), {
                  'PDJ@0.20': 80.,
                  'step': 100
              }])
    both = draw_learning_curve(str(tmp_path), str(tmp_path / 'o' / 'c.png'))
    assert cv2.imread(both).shape[1] > 1.5 * narrow.shape[1]
    assert [p.name for p in (tmp_path / 'o').iterdir()] == ['c.png']
    assert matplotlib.get_backend() == backend


def test_unfinished_last_line_is_left_out_and_others_are_named(tmp_path):
    path = write_run(tmp_path / 'a', [train(1, 2.)], end='\n{"loss": 1')
    assert read_scalars(path) == [train(1, 2.)]
    path = write_run(tmp_path / 'b', [train(1, 2.)], end='\n{"loss\n\n')
    with pytest.raises(ValueError, match=r'scalars.json, line 2: not JSON'):
        read_scalars(path)


def test_nothing_to_draw(tmp_path):
    with pytest.raises(FileNotFoundError, match='LocalVisBackend'):
        draw_learning_curve(str(tmp_path))
    write_run(tmp_path, [{'PDJ@0.20': 80., 'step': 100}])
    with pytest.raises(ValueError, match='no training loss .* only a test'):
        draw_learning_curve(str(tmp_path))
