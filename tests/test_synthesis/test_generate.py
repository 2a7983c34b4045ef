import importlib.util
import json
import sys
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import cv2
import numpy as np
import pytest

from mmpose_cmb.camera import Camera
from mmpose_cmb.synthesis import generate as generate_module
from mmpose_cmb.synthesis import k2hpd_writer
from mmpose_cmb.synthesis.generate import draw_dataset, generate_dataset, split_into_blocks
from mmpose_cmb.synthesis.recipe import Recipe

CAMERA = Camera(50.0, 50.0, 31.5, 23.5, 64, 48)
RECIPE = Recipe(1, CAMERA)
COUNTS = dict(train=5, test=3)
TOOL = Path(__file__).resolve().parents[2] / 'tools' / 'synthesize.py'


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    monkeypatch.setattr(generate_module, 'BLOCK_SIZE', 2)


def make(root, counts=COUNTS, recipe=RECIPE, **kwargs):
    return generate_dataset(root, counts, recipe, progress=False, **kwargs)


def contents(root):
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in sorted(root.rglob('*'))
        if path.is_file() and '.parts' not in path.parts
    }


@pytest.fixture(scope='module')
def reference(tmp_path_factory):
    root = tmp_path_factory.mktemp('reference') / 'data'
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(generate_module, 'BLOCK_SIZE', 2)
        assert make(root)
    return contents(root)


def test_layout(reference):
    images = [
        '00000000',
        '00000001',
        '00000002',
        '00000003',
        '00000004',
        '50000000',
        '50000001',
        '50000002',
    ]
    expected = {'train_annos.txt', 'test_annos.txt', 'joints_3d.npz', 'synthesis.json'}
    for folder in ('depth_images', 'depth_mm'):
        expected |= {f'depth_data/{folder}/{name}.png' for name in images}
    assert set(reference) == expected
    lines = reference['test_annos.txt'].decode().splitlines()
    assert [line[:12] for line in lines] == ['50000000.png', '50000001.png', '50000002.png']
    told = json.loads(reference['synthesis.json'])
    assert told['seed'] == 1 and told['sensor'] == 'mixed'
    assert told['counts'] == COUNTS
    assert told['intrinsics'] == CAMERA._asdict()
    assert told['versions']['anny'] and told['grey_unit_m'] == 0.02


def test_workers_do_not_change_a_byte(reference, tmp_path):
    assert make(tmp_path / 'data', workers=2)
    assert contents(tmp_path / 'data') == reference


def test_block_size_does_not_change_a_byte(reference, tmp_path, monkeypatch):
    monkeypatch.setattr(generate_module, 'BLOCK_SIZE', 25)
    assert make(tmp_path / 'data')
    assert contents(tmp_path / 'data') == reference


def test_shards_add_up(reference, tmp_path):
    root = tmp_path / 'data'
    assert not make(root, shard=(2, 3))
    assert not (root / 'train_annos.txt').exists()
    assert not make(root, shard=(3, 3))
    assert make(root, shard=(1, 3))
    assert contents(root) == reference


def test_an_interrupted_run_is_continued(reference, tmp_path, monkeypatch):
    root = tmp_path / 'data'
    whole = k2hpd_writer.make_sample
    made = []

    def interrupted(seed, index, *rest):
        if len(made) == 3:
            raise KeyboardInterrupt
        made.append(index)
        return whole(seed, index, *rest)

    monkeypatch.setattr(k2hpd_writer, 'make_sample', interrupted)
    with pytest.raises(KeyboardInterrupt):
        make(root)
    assert made == [0, 1, 2]
    assert not (root / 'train_annos.txt').exists()
    (root / 'depth_data' / 'depth_mm' / '00000003.png.99.tmp').write_text('x')

    made.clear()
    monkeypatch.setattr(
        k2hpd_writer,
        'make_sample',
        lambda seed, index, *rest: made.append(index) or whole(seed, index, *rest),
    )
    assert make(root)
    # The first block was whole; the second had only one of its frames.
    assert made == [2, 3, 4, 50_000_000, 50_000_001, 50_000_002]
    assert contents(root) == reference

    made.clear()
    (root / 'depth_data' / 'depth_images' / '00000001.png').unlink()
    assert make(root)
    assert made == [0, 1]
    assert contents(root) == reference


def test_more_frames_later_leave_the_first_as_they_are(reference, tmp_path):
    root = tmp_path / 'data'
    assert make(root, dict(train=3, test=1))
    assert make(root)
    assert contents(root) == reference


def test_a_folder_of_other_data_is_left_alone(tmp_path):
    (tmp_path / 'train_annos.txt').write_text('precious')
    with pytest.raises(ValueError, match='not made by this generator'):
        make(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ['train_annos.txt']


def test_other_parameters_in_the_same_folder_are_refused(tmp_path):
    make(tmp_path, dict(train=1, test=0))
    with pytest.raises(ValueError, match='seed was 1, is 2'):
        make(tmp_path, recipe=Recipe(2, CAMERA))


@pytest.mark.parametrize(
    'arguments, message',
    [
        (dict(counts=dict(train=-1, test=1)), 'train frames'),
        (dict(counts=dict(train=0, test=0)), 'no frames'),
        (dict(counts=dict(val=1)), "unknown split 'val'"),
        (dict(recipe=Recipe(-3, CAMERA)), 'seed'),
        (dict(recipe=Recipe(0, CAMERA, 'sonar')), "unknown sensor 'sonar'"),
        (dict(workers=0), 'one worker'),
        (dict(shard=(3, 2)), '3/2'),
        (dict(shard=(0, 2)), '0/2'),
    ],
)
def test_bad_arguments(tmp_path, arguments, message):
    with pytest.raises(ValueError, match=message):
        make(tmp_path / 'data', **arguments)
    assert not (tmp_path / 'data').exists()


@pytest.mark.parametrize(
    'recipe, message',
    [
        (Recipe(0, layout='coco'), "unknown layout 'coco'"),
        (Recipe(0, CAMERA, layout='itop'), 'itop has a camera of its own'),
        (Recipe(0, views=('top',)), 'views: without meaning in the layout k2hpd'),
        (Recipe(0, layout='itop', views=('top', 'top')), 'each once'),
        (Recipe(0, layout='itop', views=('left',)), "got .'left'"),
    ],
)
def test_recipes_that_do_not_fit_the_layout(tmp_path, recipe, message):
    with pytest.raises(ValueError, match=message):
        make(tmp_path / 'data', recipe=recipe)
    assert not (tmp_path / 'data').exists()


@pytest.mark.parametrize(
    'missing, command',
    [
        (('anny',), 'pip install anny'),
        (('warp-lang',), 'pip install warp-lang'),
        (('anny', 'warp-lang'), 'pip install anny warp-lang'),
    ],
)
def test_missing_packages_are_named(tmp_path, monkeypatch, missing, command):
    """All at once, before anything is imported or written."""

    def version(name):
        if name in missing:
            raise PackageNotFoundError(name)
        return '1'

    monkeypatch.setattr(generate_module, 'version', version)
    monkeypatch.setitem(sys.modules, 'warp', None)
    with pytest.raises(ImportError, match=f': {command}$') as error:
        make(tmp_path / 'data')
    assert ' and '.join(missing) in str(error.value)
    assert not (tmp_path / 'data').exists()


def test_blocks_cover_every_index_once():
    blocks = split_into_blocks(dict(train=7, test=4))
    ids = [index for block in blocks for index in block.ids]
    assert ids == [*range(7), *range(50_000_000, 50_000_004)]


def test_contact_sheet(tmp_path):
    make(tmp_path / 'data')
    draw_dataset(tmp_path / 'data', RECIPE, COUNTS, tmp_path / 'a' / 'sheet.png')
    sheet = cv2.imread(str(tmp_path / 'a' / 'sheet.png'))
    # Five frames of 64x48, drawn twice as large, the sixth place empty.
    assert sheet.shape == (96, 6 * 128, 3)
    assert (sheet[:, 5 * 128 :] == 0).all()
    red = np.array([60, 60, 235])
    assert (np.abs(sheet.astype(int) - red).sum(axis=2) < 30).sum() > 50


@pytest.fixture(scope='module')
def run_tool():
    spec = importlib.util.spec_from_file_location('synthesize', TOOL)
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    return lambda *arguments: tool.main([str(each) for each in arguments])


def test_tool(run_tool, tmp_path, capsys):
    run_tool(
        '--out-dir',
        tmp_path / 'data',
        '--train',
        2,
        '--test',
        1,
        '--seed',
        4,
        '--sensor',
        'time_of_flight',
        '--width',
        80,
        '--height',
        60,
        '--fov-deg',
        60,
        '--contact-sheet',
        tmp_path / 'sheet.png',
    )
    assert '2 training and 1 test frames' in capsys.readouterr().out
    assert (tmp_path / 'sheet.png').exists()
    image = cv2.imread(
        str(tmp_path / 'data' / 'depth_data' / 'depth_mm' / '00000001.png'), cv2.IMREAD_UNCHANGED
    )
    assert image.shape == (60, 80)
    told = json.loads((tmp_path / 'data' / 'synthesis.json').read_text())
    assert told['sensor'] == 'time_of_flight' and told['seed'] == 4


def test_tool_makes_the_other_layouts(run_tool, tmp_path):
    run_tool(
        '--layout',
        'itop',
        '--out-dir',
        tmp_path / 'itop',
        '--train',
        1,
        '--test',
        0,
        '--views',
        'side',
    )
    assert {path.name for path in (tmp_path / 'itop').glob('*.h5')} == {
        'ITOP_side_train_depth_map.h5',
        'ITOP_side_train_labels.h5',
    }
    run_tool(
        '--layout',
        'astar',
        '--out-dir',
        tmp_path / 'astar',
        '--train',
        0,
        '--test',
        1,
        '--label-convention',
        'wrist_mm',
    )
    joints = tmp_path / 'astar/Test_Dataset/subject-1/subject-1_1.shand'
    assert joints.read_text().startswith('0.000 0.000 0.000,')


@pytest.mark.parametrize(
    'arguments, message',
    [
        (('--width', 80), 'belong together'),
        (('--shard', 'half'), "expected I/N, such as 1/4, got 'half'"),
        (('--shard', '4/2'), '1 <= i <= n'),
        (('--views', 'top'), 'without meaning in the layout k2hpd'),
        (('--contact-sheet', 'sheet.xyz'), 'ends in .png'),
    ],
)
def test_tool_speaks_to_the_user(call_tool, tmp_path, arguments, message):
    ended = call_tool(TOOL, '--out-dir', tmp_path / 'data', *arguments)
    assert ended.status == 2 and message in ended.err


def test_tool_says_that_other_shares_are_to_come(run_tool, tmp_path, capsys):
    run_tool(
        '--out-dir',
        tmp_path,
        '--train',
        3,
        '--test',
        0,
        '--shard',
        '1/2',
        '--width',
        64,
        '--height',
        48,
        '--fov-deg',
        60,
    )
    assert 'without --shard' in capsys.readouterr().out
    assert not (tmp_path / 'train_annos.txt').exists()
