"""tools/evaluate_predictions.py as a person runs it."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

TOOL = Path(__file__).resolve().parents[2] / 'tools/evaluate_predictions.py'
# Three joints; the prediction is off by 3-4-0 and by 0-0-12 centimetres.
GT_M = np.array([[[0.0, 0.0, 2.0], [0.5, -0.3, 2.0], [0.0, 0.8, 2.5]]] * 2)
PRED_M = GT_M + np.array([[[0.03, 0.04, 0.0]] * 3, [[0.0, 0.0, -0.12]] * 3])


@pytest.fixture
def files(tmp_path):
    """Predictions u v d in millimetres, labels x y z in metres, y up."""
    x, y, z = np.moveaxis(PRED_M, -1, 0)
    uvd = np.stack([80 + 100 * x / z, 60 + 100 * y / z, 1000 * z], -1)
    (tmp_path / 'pred.txt').write_text(
        '\n'.join(' '.join(repr(float(v)) for v in frame.ravel()) for frame in uvd)
    )
    np.savez(tmp_path / 'gt.npz', labels=GT_M * (1, -1, 1), other=[0])
    names = ('head', 'neck', 'hand')
    info = dict(
        dataset_name='three',
        paper_info={},
        keypoint_info={
            i: dict(name=name, id=i, color=[0, 0, 0], type='', swap='')
            for i, name in enumerate(names)
        },
        skeleton_info={},
        joint_weights=[1.0] * 3,
        sigmas=[0.1] * 3,
        joint_groups={'Ends': ['head', 'hand']},
    )
    (tmp_path / 'info.py').write_text(f'dataset_info = {info!r}\n')
    return tmp_path


def arguments(files, **changes):
    options = {
        '--pred-form': 'uvd',
        '--pred-unit-m': '0.001',
        '--gt-form': 'xyz-yup',
        '--gt-key': 'labels',
        '--intrinsics': '100 100 80 60',
        '--dataset-info': str(files / 'info.py'),
        **changes,
    }
    words = [str(files / 'pred.txt'), str(files / 'gt.npz')]
    for name, value in options.items():
        words += [name, *value.split()]
    return words


def test_figures_plot_and_tables(files, run_tool):
    out, plot = files / 'made' / 'figures.json', files / 'curve.png'
    printed = run_tool(
        TOOL,
        *arguments(
            files,
            **{
                '--out': str(out),
                '--plot': str(plot),
                '--thresholds-m': '0.1 0.2',
                '--distances-mm': '60 130',
                '--max-distance-mm': '240',
                '--root': 'neck',
            },
        ),
    )
    figures = json.loads(out.read_text())
    expected = {
        'accuracy@10cm': 50,
        'accuracy@20cm': 100,
        'error_mm/mean': 85,
        'error_mm/median/Ends': 85,
        'frames@60mm': 50,
        'frames@130mm/hand': 100,
        # 1 - 50 / 240 and 1 - 120 / 240.
        'frames/auc': 100 * (190 / 240 + 0.5) / 2,
    }
    for key, value in expected.items():
        assert figures[key] == pytest.approx(value), key
    # The same shift for all joints vanishes; the root has no figure.
    assert figures['aligned/error_mm/mean'] == pytest.approx(0, abs=1e-6)
    assert figures['aligned/error_mm/mean/neck'] is None
    assert 'PCKh@0.5' in figures and 'PDJ@0.20' not in figures
    assert cv2.imread(str(plot)) is not None
    text = printed.stdout + printed.stderr
    for words in ('accuracy@10cm', '| Ends', 'PDJAccuracy is left out', str(plot), str(out)):
        assert words in text


def test_errors_are_one_line_that_names_the_file(files, run_tool):
    with open(files / 'pred.txt', 'a') as file:
        file.write('\n1 2 3 4\n')
    result = run_tool(TOOL, *arguments(files), check=False)
    assert result.returncode == 2
    assert 'Traceback' not in result.stderr
    last = result.stderr.strip().splitlines()[-1]
    assert last.startswith('error: ')
    assert 'pred.txt, line 3: 4 numbers, expected 9 (a frame of 3 jo' in last


@pytest.fixture
def tool():
    """The tool as a module: its errors without a process for each."""
    import importlib.util

    spec = importlib.util.spec_from_file_location('evaluate_tool', TOOL)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    'changes, message',
    [
        ({'--intrinsics': '100 100 80'}, 'expected "itop" or the four numbers'),
        ({'--intrinsics': '100 100 80 x'}, 'expected "itop" or the four numbers'),
        ({'--intrinsics': '0 100 80 60'}, 'focal lengths above 0'),
        ({'--dataset-info': '/nowhere/info.py'}, 'info.py: no such file'),
        ({'--pred-unit-m': '1'}, 'pred.txt: the median depth would be 2'),
        ({'--gt-key': 'other'}, 'gt.npz: expected numbers of shape'),
        ({'--root': 'tail'}, 'root names'),
        ({'--thresholds-m': '-1'}, 'positive distances in metres'),
        ({'--plot': 'curve.abc'}, 'cannot write images'),
    ],
)
def test_bad_arguments(files, call_tool, changes, message):
    ended = call_tool(TOOL, *arguments(files, **changes))
    assert ended.status == 2 and message in ended.error


def test_more_bad_files(files, call_tool):
    (files / 'bare.py').write_text('joints = 3\n')
    ended = call_tool(TOOL, *arguments(files, **{'--dataset-info': str(files / 'bare.py')}))
    assert 'bare.py: has no "dataset_info"' in ended.error
    text = (files / 'pred.txt').read_text().splitlines()[0]
    (files / 'pred.txt').write_text(text)
    ended = call_tool(TOOL, *arguments(files))
    assert 'pred.txt holds 1 frames, ' in ended.error
    assert ended.error.endswith('gt.npz 2\n')


def test_itop_is_the_default(tool, monkeypatch, real_data_dir):
    golden = str(real_data_dir / 'itop_front_test_golden.npz')
    monkeypatch.setattr(
        'sys.argv',
        [
            'tool',
            golden,
            golden,
            '--pred-form',
            'uvd',
            '--pred-key',
            'pred_uvd',
            '--gt-form',
            'xyz-yup',
            '--gt-key',
            'gt_world_m',
            '--intrinsics',
            'itop',
        ],
    )
    figures = tool.evaluate(tool.parse_args())
    expected = {
        'accuracy@10cm': 88.0184,
        'accuracy@10cm/Elbows': 78.92,
        'accuracy@10cm/Hands': 68.35,
        'accuracy@10cm/Upper Body': 85.59,
        'accuracy@10cm/Lower Body': 89.50,
        'PDJ@0.20': 94.31,
        'PCKh@0.5': 95.51,
    }
    for key, value in expected.items():
        assert figures[key] == pytest.approx(value, abs=0.01), key
    assert figures['error_mm/mean'] == pytest.approx(58.5, abs=0.05)


def test_pixels_alone_are_scored_in_the_image(
    tool, monkeypatch, call_tool, real_data_dir, tmp_path
):
    golden = real_data_dir / 'itop_front_test_golden.npz'
    pixels = np.load(golden)['pred_uvd'][..., :2]
    np.savetxt(tmp_path / 'uv.txt', pixels.reshape(-1, 2), fmt='%.6f')
    words = [
        'tool',
        str(tmp_path / 'uv.txt'),
        str(golden),
        '--pred-form',
        'uv',
        '--gt-form',
        'xyz-yup',
        '--gt-key',
        'gt_world_m',
        '--intrinsics',
        'itop',
    ]
    monkeypatch.setattr('sys.argv', words)
    figures = tool.evaluate(tool.parse_args())
    assert figures['PDJ@0.20'] == pytest.approx(94.31, abs=0.01)
    assert figures['PCKh@0.5'] == pytest.approx(95.51, abs=0.01)
    assert not any(key.startswith('accuracy') for key in figures)

    ended = call_tool(TOOL, *words[1:], '--plot', 'curve.png')
    assert '--plot: the curve is of distances in space' in ended.error
