"""Files from outside are data, whatever tool they are given to."""

import os
import pickle
import re
import shutil
import zipfile
from pathlib import Path

import cv2
import numpy as np
import onnx
import pytest
import torch
from mmengine.config import Config
from mmengine.registry import init_default_scope

import mmpose_cmb
from mmpose.models import build_pose_estimator
from mmpose_cmb.command_line import run
from mmpose_cmb.pose.onnx_network import OnnxNetwork
from mmpose_cmb.runtime.__main__ import main as runtime

from .known_network import METADATA, SIZE, write_known_network

pytestmark = pytest.mark.slow

REPOSITORY = Path(__file__).resolve().parents[1]
TOOLS = REPOSITORY / 'tools'
DEPLOY = 'depth-pose_onnxruntime_static'
SMALL = """
_base_ = 'mmpose_cmb::cmb_k2hpd_demo.py'
model = dict(
    backbone=dict(stem_channels=(4, 4), stage_channels=((8, ), (8, 8), (8, 8))),
    head=dict(in_channels=(8, 8, 8), decoder_channels=(8, 8)))
root = {root!r}
train_dataloader = dict(num_workers=0, dataset=dict(data_root=root))
val_dataloader = dict(num_workers=0, dataset=dict(data_root=root))
test_dataloader = val_dataloader
"""
# What would run, or build objects: none of it is needed anywhere.
FORBIDDEN = re.compile(
    r'allow_pickle=True|\bpickle\.loads?\b|\bUnpickler\(|(?<![.\w])(eval|exec)\(|'
    r'yaml\.(unsafe_|full_)?load\b|unsafe_load|weights_only=False|'
    r'mmengine\.load\(|fileio\.load\('
)


class Trap:
    """Makes a folder where it is unpickled."""

    def __init__(self, mark):
        self.mark = mark

    def __reduce__(self):
        return os.mkdir, (str(self.mark),)


@pytest.mark.parametrize('folder', ['mmpose_cmb', 'tools', 'projects'])
def test_nothing_that_runs_a_file_is_called(folder):
    found = [
        f'{path}:{number}: {line.strip()}'
        for path in sorted((REPOSITORY / folder).rglob('*.py'))
        for number, line in enumerate(path.read_text(encoding='utf-8').splitlines(), 1)
        if FORBIDDEN.search(line.partition('#')[0])
    ]
    assert not found


@pytest.fixture
def traps(tmp_path, k2hpd_root, monkeypatch):
    """A folder with a trap of every kind beside whole files.

    ``sprung`` is there after one of them has run.
    """
    folder = tmp_path / 'given'
    folder.mkdir()
    monkeypatch.chdir(folder)
    trap = Trap(folder / 'sprung')
    code = f"x = __import__('os').mkdir({str(folder / 'sprung')!r})\n"
    Path('small.py').write_text(SMALL.format(root=str(k2hpd_root)))
    init_default_scope('mmpose')
    weights = build_pose_estimator(Config.fromfile('small.py').model).state_dict()
    hub = dict(log_scalars={}, runtime_info=dict(cfg=code), resumed_keys={})
    meta = dict(epoch=0, iter=0, config=code, cfg=code)
    torch.save(dict(state_dict=weights, meta=dict(epoch=0, iter=0)), 'whole.pth')
    torch.save(dict(state_dict=weights, meta=meta, message_hub=hub), 'text.pth')
    torch.save(dict(state_dict=weights, meta=trap), 'trap.pth')
    torch.save(trap, 'old.pth', _use_new_zipfile_serialization=False)
    for name in ('trap.pkl', 'trap.json', 'trap.csv', 'trap.onnx', 'trap.txt', 'trap.yml'):
        Path(name).write_bytes(pickle.dumps(trap))
    Path('scalars.json').write_bytes(pickle.dumps(trap))
    np.save('trap.npy', np.array([trap], object), allow_pickle=True)
    np.savez('trap.npz', depth=np.array([trap], object))
    cv2.imwrite('whole.png', cv2.imread(str(next(k2hpd_root.rglob('*.png'))), -1))
    write_known_network('whole.onnx', METADATA)
    for name in ('train_annos.txt', 'test_annos.txt'):
        (k2hpd_root / f'whole_{name}').write_bytes((k2hpd_root / name).read_bytes())
    return folder


MODEL = '--config small.py --device cpu --checkpoint'
CASES = [
    *(f'infer.py whole.png {MODEL} {name}' for name in ('trap.pth', 'old.pth', 'trap.pkl')),
    'infer.py whole.png --device cpu --checkpoint text.pth',
    *(f'infer.py {name} {MODEL} whole.pth' for name in ('trap.npy', 'trap.npz')),
    *(
        f'infer.py whole.png {MODEL} whole.pth --bbox-file trap.{s}'
        for s in ('pkl', 'json', 'yml')
    ),
    *(f'live.py {name} --model whole.onnx --no-window' for name in ('trap.npy', 'trap.npz')),
    'live.py whole.png --config small.py --device cpu --checkpoint trap.pth --no-window',
    'live.py whole.png --model trap.onnx --no-window',
    f'deploy.py {DEPLOY} small.py trap.pth whole.png --work-dir out',
    f'deploy.py {DEPLOY} small.py whole.pth trap.npy --work-dir out',
    f'test_deployed.py {DEPLOY} small.py --model trap.onnx',
    'test.py small.py trap.pth --work-dir out',
    'train.py small.py --work-dir out --resume trap.pth',
    'train.py small.py --work-dir out --cfg-options load_from=trap.pth',
    *(f'draw_predictions.py small.py trap.{suffix} sheet.png' for suffix in ('pkl', 'json')),
    *(
        f'evaluate_predictions.py trap.{suffix} trap.{suffix} --pred-form xyz --gt-form xyz'
        for suffix in ('npy', 'npz', 'txt')
    ),
    'draw_learning_curve.py .',
    'benchmark_runtime.py trap.onnx whole.png',
    'benchmark_runtime.py whole.onnx trap.npy',
    'analysis/visualize_memory.py small.py trap.pth --images 0',
    'dataset_converters/folder_to_coco.py . trap.csv out.json --unit-m 0.001',
]
LABELS = [
    'browse_dataset.py small.py',
    'dataset_statistics.py small.py',
    'dataset_converters/dataset_to_coco.py k2hpd {root} out',
    'train.py small.py --work-dir out',
    'test.py small.py whole.pth --work-dir out',
]


@pytest.mark.parametrize('line', CASES)
def test_a_trap_does_not_spring(line, traps, call_tool):
    tool, *arguments = line.split()
    ended = call_tool(TOOLS / tool, *arguments)
    assert not (traps / 'sprung').exists()
    assert ended.status in (1, 2) and 'Traceback' not in ended.err
    assert re.search(r'(trap|old|text|scalars)\.\w+', ended.err + ended.out)


@pytest.mark.parametrize('line', LABELS)
def test_labels_do_not_spring(line, traps, k2hpd_root, call_tool):
    for name in ('train_annos.txt', 'test_annos.txt'):
        shutil.copy(traps / 'trap.txt', k2hpd_root / name)
    tool, *arguments = line.format(root=k2hpd_root).split()
    ended = call_tool(TOOLS / tool, *arguments)
    assert not (traps / 'sprung').exists()
    assert ended.status == 2 and '_annos.txt' in ended.error


@pytest.mark.parametrize(
    'line',
    ['trap.onnx whole.png', 'whole.onnx trap.npy', 'whole.onnx whole.png --bbox-file trap.json'],
)
def test_the_runtime_does_not_spring(line, traps, capsys):
    with pytest.raises(SystemExit) as ended:
        run(lambda: runtime(line.split()))
    said = capsys.readouterr()
    assert ended.value.code in (1, 2) and 'trap.' in said.err + said.out
    assert not (traps / 'sprung').exists()


def test_a_resumed_training_runs_no_text(traps, call_tool):
    """The weights are whole: the training goes on, and the text does not run."""
    call_tool(
        TOOLS / 'train.py', 'small.py', '--work-dir', 'out', '--resume', 'text.pth',
        '--cfg-options', 'train_cfg.max_epochs=0',
    )  # yapf: disable
    assert not (traps / 'sprung').exists()


def test_the_parts_of_a_synthetic_set_do_not_spring(traps):
    from mmpose_cmb.synthesis.parts import is_whole_part, read_parts

    with zipfile.ZipFile('trap.npz') as archive:
        content = archive.read('depth.npy')
    with zipfile.ZipFile('part.npz', 'w') as archive:
        archive.writestr('ids.npy', content)
    with pytest.raises(ValueError, match='part.npz'):
        is_whole_part(Path('part.npz'), [1])
    with pytest.raises(ValueError, match='part.npz'):
        read_parts([Path('part.npz')], dict(ids=np.zeros(0)))
    assert not (traps / 'sprung').exists()


@pytest.mark.parametrize('place', ['../secret.bin', '{root}/secret.bin', 'link.bin', '/dev/zero'])
def test_weights_beside_an_onnx_file_stay_in_its_folder(place, tmp_path):
    (tmp_path / 'model').mkdir()
    (tmp_path / 'secret.bin').write_bytes(np.ones(4, np.float32).tobytes())
    shutil.copy(tmp_path / 'secret.bin', tmp_path / 'model' / 'beside.bin')
    (tmp_path / 'model' / 'link.bin').symlink_to('../secret.bin')
    path = write_known_network(tmp_path / 'model' / 'known.onnx', METADATA)
    move_weights(path, 'beside.bin')
    (joints, *_) = OnnxNetwork(path, 1)(np.zeros((1, 1, SIZE, SIZE), np.float32))
    assert (joints == 1).all()
    move_weights(path, place.format(root=tmp_path))
    with pytest.raises(ValueError, match='known.onnx: .*cannot open it'):
        OnnxNetwork(path, 1)


def move_weights(path, place):
    """Have an ONNX file say that its joints lie in another file."""
    model = onnx.load(path, load_external_data=False)
    (tensor,) = [t for t in model.graph.initializer if t.name == 'K']
    for field in ('raw_data', 'external_data'):
        tensor.ClearField(field)
    tensor.data_location = onnx.TensorProto.EXTERNAL
    for key, value in (('location', place), ('offset', '0'), ('length', '16')):
        tensor.external_data.add(key=key, value=value)
    Path(path).write_bytes(model.SerializeToString())


def test_traps_spring_where_nobody_guards(tmp_path):
    """Without this the other tests could not fail."""
    pickle.loads(pickle.dumps(Trap(tmp_path / 'sprung')))
    assert (tmp_path / 'sprung').is_dir() and mmpose_cmb.__version__
