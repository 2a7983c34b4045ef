"""What tools/infer.py says and how it ends."""

import json
import runpy
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from mmengine import Config
from mmengine.registry import init_default_scope

from mmpose.registry import MODELS

REPOSITORY = Path(__file__).resolve().parents[2]
INFER = REPOSITORY / 'tools' / 'infer.py'
SMALL = """
model = dict(
    backbone=dict(
        stem_channels=(4, 4), stage_channels=((8, ), (8, 8), (8, 8))),
    head=dict(in_channels=(8, 8, 8), decoder_channels=(8, 8)))
"""


@pytest.fixture(scope='module')
def model(tmp_path_factory):
    """Arguments that name a small network's config and weights."""
    folder = tmp_path_factory.mktemp('model')
    base = REPOSITORY / 'configs' / 'cmb_itop_lift_demo.py'
    config = folder / 'small.py'
    config.write_text(f'_base_ = {str(base)!r}\n{SMALL}')
    init_default_scope('mmpose')
    weights = folder / 'small.pth'
    network = MODELS.build(Config.fromfile(config).model)
    torch.save(dict(state_dict=network.state_dict(), meta={}), weights)
    return '--config', config, '--checkpoint', weights, '--device', 'cpu'


@pytest.fixture
def recording(tmp_path):
    """Four frames with a camera.json; the second is damaged."""
    folder = tmp_path / 'recording'
    folder.mkdir()
    depth_mm = np.full((240, 320), 4000, np.uint16)
    depth_mm[40:230, 120:180] = 2500 + 300 * np.linspace(-1, 1, 60) ** 2
    for i in range(4):
        cv2.imwrite(str(folder / f'{i}.png'), depth_mm)
    (folder / '1.png').write_bytes(b'')
    (folder / 'camera.json').write_text(
        json.dumps(dict(intrinsics=[286, 286, 160, 120], depth_unit_m=0.001))
    )
    return folder


def test_a_recording_with_a_damaged_frame(model, recording, run_tool, tmp_path):
    out = tmp_path / 'out'
    result = run_tool(
        INFER,
        recording,
        *model,
        '--out-dir',
        out,
        '--rerun',
        out / 'all.rrd',
        '--kpt-thr',
        0,
        '--bbox',
        100,
        30,
        200,
        235,
        '--bbox',
        90,
        20,
        210,
        120,
        check=False,
    )
    assert result.returncode == 1, result.stderr
    assert 'camera.json: intrinsics and unit' in result.stdout + result.stderr
    assert ('6 persons in 4 frames; 1 frame without a person, 1 of them unusable') in result.stdout
    assert f'{recording / "1.png"}: not a whole PNG' in result.stdout
    summary = json.loads((out / 'predictions' / 'summary.json').read_text())
    assert [f['persons'] for f in summary['frames']] == [2, 0, 2, 2]
    assert sorted(p.name for p in (out / 'visualizations').iterdir()) == [
        '0.png',
        '2.png',
        '3.png',
    ]
    assert (out / 'all.rrd').stat().st_size > 10000


@pytest.mark.parametrize(
    'arguments, message',
    [
        (('--checkpoint', 'nowhere.pth'), 'error: nowhere.pth'),
        (('--config', 'nowhere.py'), 'error: nowhere.py: no such config'),
        (('--frames', '7:'), "error: frames '7:': selects none of 4 frames"),
        (('--unit-m', '-1'), 'must be above 0, got -1'),
        (('--show',), 'error: --show: there is no display'),
        (('--det-model', 'rtmdet'), 'error: detectors of MMDetection need'),
    ],
)
def test_mistakes_end_with_a_line(model, recording, monkeypatch, capsys, arguments, message):
    monkeypatch.delenv('DISPLAY', raising=False)
    monkeypatch.delenv('WAYLAND_DISPLAY', raising=False)
    monkeypatch.setattr(sys, 'argv', list(map(str, (INFER, recording, *model, *arguments))))
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(INFER), run_name='__main__')
    assert ended.value.code == 2
    assert message in capsys.readouterr().err


def test_results_are_kept_where_no_output_is_named(
    model, recording, monkeypatch, tmp_path, capsys
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        sys, 'argv', list(map(str, (INFER, recording / '0.png', '--detector', 'none', *model)))
    )
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(INFER), run_name='__main__')
    assert not ended.value.code
    said = capsys.readouterr().out
    assert '1 person in 1 frame\n' in said and 'Results: results' in said
    assert (tmp_path / 'results' / 'predictions' / '0.json').is_file()
    assert (tmp_path / 'results' / 'visualizations' / '0.png').is_file()
