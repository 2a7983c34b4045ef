"""No tool writes over what it reads; over what it finds only with --overwrite."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from mmpose_cmb.command_line import run
from mmpose_cmb.depth.depth_io import write_depth_png_mm
from mmpose_cmb.runtime.__main__ import main as runtime

from ..known_network import METADATA, write_known_network

TOOLS = Path(__file__).resolve().parents[2] / 'tools'
LIVE = 'live.py {at}rec --model {at}net.onnx --no-window --speed 50'
RUNTIME = 'runtime {at}net.onnx {at}rec --bbox 8 8 40 40 --no-pictures --out-dir'
PREDICTIONS = 'evaluate_predictions.py {at}p.txt {at}g.txt --pred-form uv --gt-form uv --out'
TABLE = 'dataset_converters/folder_to_coco.py {at}rec {at}labels.csv'


@pytest.fixture
def data(tmp_path):
    """A recording of two frames, an exported network, a table of joints, and joints."""
    frame = np.full((48, 64), 2, np.float32)
    for name in ('000000.png', '000001.png', 'camera.png'):
        write_depth_png_mm(str(tmp_path / 'rec' / name), frame)
    (tmp_path / 'rec' / 'camera.json').write_text('{"intrinsics": [60, 60, 32, 24]}')
    shutil.copytree(tmp_path / 'rec', tmp_path / 'made' / 'visualizations')
    shutil.copytree(tmp_path / 'rec', tmp_path / 'predictions')
    write_known_network(tmp_path / 'net.onnx', METADATA)
    (tmp_path / 'labels.csv').write_text('image,head_x,head_y\n000000.png,10,20\n')
    for name in ('p.txt', 'g.txt'):
        np.savetxt(tmp_path / name, np.random.default_rng(0).uniform(0, 99, (15, 2)))
    return tmp_path


@pytest.fixture
def call(call_tool, capfd):
    def call(line, *more):
        tool, *arguments = [*line.split(), *more]
        if tool != 'runtime':
            return call_tool(TOOLS / tool, *arguments)
        with pytest.raises(SystemExit) as ended:
            run(lambda: runtime(arguments))
        return type('Ended', (), dict(status=ended.value.code, error=capfd.readouterr().err))

    return call


def content(folder):
    return {path: path.read_bytes() for path in folder.rglob('*') if path.is_file()}


@pytest.mark.parametrize('more', [(), ('--overwrite',)])
@pytest.mark.parametrize(
    'line',
    [
        f'{LIVE} --out-dir {{at}}rec',
        f'{LIVE} --jsonl {{at}}net.onnx',
        'runtime {at}net.onnx {at}made/visualizations --bbox 8 8 40 40 --out-dir {at}made',
        'runtime {at}net.onnx {at}predictions --bbox 8 8 40 40 --no-pictures --out-dir {at}.',
        f'{TABLE} {{at}}labels.csv --unit-m 0.001',
        f'{TABLE} {{at}}out.json --dataset-info {{at}}labels.csv --unit-m 0.001',
        f'{PREDICTIONS} {{at}}p.txt',
        f'{PREDICTIONS} {{at}}g.txt',
    ],
)
def test_inputs_stay(line, more, data, call):
    before = content(data)
    ended = call(line.format(at=f'{data}/'), *more)
    assert ended.status == 2 and 'is an input and would be lost' in ended.error
    assert content(data) == before


@pytest.mark.parametrize(
    'line, name',
    [
        (f'{LIVE} --out-dir {{at}}out', 'out/000000.png'),
        (f'{LIVE} --jsonl {{at}}out.jsonl', 'out.jsonl'),
        (f'{LIVE} --out-video {{at}}out.mp4', 'out.mp4'),
        (f'{RUNTIME} {{at}}out', 'out/predictions/summary.json'),
        (f'{TABLE} {{at}}out.json --unit-m 0.001', 'out.json'),
        (f'{PREDICTIONS} {{at}}out.json', 'out.json'),
    ],
)
def test_what_is_there_stays_unless_it_is_wanted(line, name, data, call):
    (data / name).parent.mkdir(parents=True, exist_ok=True)
    (data / name).write_text('mine')
    before = content(data)
    ended = call(line.format(at=f'{data}/'))
    assert ended.status == 2 and f'{name}: is there already; --overwrite' in ended.error
    assert content(data) == before
    if not name.endswith('.json') or 'pred-form' not in line:
        assert call(line.format(at=f'{data}/'), '--overwrite').status == 0
        assert (data / name).read_bytes() != b'mine'


def test_a_training_keeps_the_checkpoints_of_another(small_config, run_tool, tmp_path):
    work = tmp_path / 'work'
    work.mkdir()
    (work / 'epoch_1.pth').write_text('mine')
    result = run_tool(TOOLS / 'train.py', small_config(), '--work-dir', work, check=False)
    assert result.returncode == 2 and (work / 'epoch_1.pth').read_text() == 'mine'
    assert 'epoch_1.pth: is there already' in result.stderr and '--resume' in result.stderr


def test_the_results_of_a_test_stay(call_tool, tmp_path):
    (tmp_path / 'labels.json').write_text(json.dumps([1]))
    for option in ('--out', '--dump'):
        arguments = ('cmb_k2hpd_demo', 'none.pth', option, tmp_path / 'labels.json')
        ended = call_tool(TOOLS / 'test.py', *arguments)
        assert ended.status == 2 and 'labels.json: is there already' in ended.error
