"""Every config parses, builds, and runs one forward pass of its model."""

import json
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
import torch
import yaml
from mmengine.config import Config
from mmengine.infer.infer import BaseInferencer

from mmpose.registry import MODELS
from mmpose_cmb.apis.model_lookup import find_model
from mmpose_cmb.paths import config_names
from mmpose_cmb.shipped import shipped_networks

REPOSITORY = Path(__file__).resolve().parents[1]
CONFIGS = REPOSITORY / 'configs'
PUBLIC = [name for name in config_names() if not name.startswith('deploy/')]
# The networks of mmpose_networks/ are run in tests/test_benchmarking.
OURS = [name for name in PUBLIC if not name.startswith('mmpose_networks/')]
FILES = sorted(str(path.relative_to(CONFIGS)) for path in CONFIGS.rglob('*.py'))


@cache
def load(name):
    """A config that is only looked at."""
    return Config.fromfile(CONFIGS / name)


def parts(node):
    """Every dict with a type, at any depth."""
    if isinstance(node, dict):
        if 'type' in node:
            yield node
        for value in node.values():
            yield from parts(value)
    elif isinstance(node, (list, tuple)):
        for value in node:
            yield from parts(value)


@pytest.mark.parametrize('name', OURS)
def test_model_fits_its_codec_and_data(name, mmpose_scope):
    cfg = load(name)
    model = MODELS.build(cfg.model).eval()
    width, height = cfg.codec.input_size
    with torch.no_grad():
        heatmaps = model(torch.rand(1, 1, height, width), None, mode='tensor')
    map_width, map_height = cfg.codec.heatmap_size
    assert heatmaps.shape == (1, cfg.model.head.out_channels, map_height, map_width)
    assert cfg.train_dataloader.dataset.data_root == cfg.data_root
    assert cfg.test_dataloader.dataset.data_root == cfg.data_root


@pytest.mark.parametrize('name', PUBLIC)
def test_all_parts_agree_with_the_codec(name):
    cfg = load(name)
    assert None not in cfg.codec.values()
    assert cfg.model.head.decoder == cfg.codec
    found = []
    for part in parts(cfg._cfg_dict):
        found.append(part.type)
        for key in ('input_size', 'half_range_m', 'simcc_split_ratio'):
            if key in part and key in cfg.codec:
                assert part[key] == cfg.codec[key], (part.type, key)
        if part.type == 'GenerateTarget':
            assert part.encoder == cfg.codec
    # In train_pipeline and in the loader; for the others two loaders more.
    assert found.count('GenerateTarget') == 2
    for loader in ('train', 'val', 'test'):
        pipeline = cfg[f'{loader}_dataloader'].dataset.pipeline
        assert pipeline == cfg[f'{"train" if loader == "train" else "test"}_pipeline']


def test_what_checkpoints_hold_reads_back(tmp_path):
    cfg = load('ablations/conv_gru.py')
    cfg.dump(tmp_path / 'dumped.py')
    assert Config.fromfile(tmp_path / 'dumped.py').to_dict() == cfg.to_dict()


@pytest.mark.parametrize('name', FILES)
def test_no_list_is_cut_by_position(name):
    text = (CONFIGS / name).read_text()
    assert not re.search(r'(_base_|hooks|pipeline)[\w.]*\[', text)


@pytest.mark.parametrize('name', PUBLIC)
def test_a_leaf_is_short_and_says_its_input_size_once(name):
    text = (CONFIGS / name).read_text()
    assert len(text.splitlines()) <= 15
    assert text.count('input_size') <= 1
    assert 'pipeline' not in text
    assert max(map(len, text.splitlines())) < 100


def test_pipelines_are_spelled_in_two_files():
    """K2HPD's, and ITOP's, which ASTAR's changes."""
    spelled = [
        name for name in FILES if "dict(type='GenerateTarget'" in (CONFIGS / name).read_text()
    ]
    assert spelled == ['_base_/trainings/itop.py', '_base_/trainings/k2hpd.py']


def metafiles():
    index = yaml.safe_load((REPOSITORY / 'model-index.yml').read_text())
    return {path: yaml.safe_load((REPOSITORY / path).read_text()) for path in index['Import']}


def test_every_config_is_in_the_metafile_beside_it():
    listed = []
    files = metafiles()
    files.pop('projects/zoo/metafile.yml')
    for path, content in files.items():
        collections = [c['Name'] for c in content['Collections']]
        for model in content['Models']:
            config = Path(model['Config'])
            listed.append(str(config.relative_to('configs')))
            assert model['Name'] == config.stem
            assert config.parent == Path(path).parent
            assert model['In Collection'] in collections
        for collection in content['Collections']:
            assert (REPOSITORY / collection['README']).is_file()
    assert sorted(listed) == PUBLIC
    assert sorted(files) == sorted(
        str(path.relative_to(REPOSITORY)) for path in CONFIGS.rglob('metafile.yml')
    )


def test_names_are_unique_and_found(mmpose_scope):
    entries = list(BaseInferencer._get_models_from_metafile(str(REPOSITORY)))
    names = [entry['Name'] for entry in entries]
    assert len(set(names)) == len(names)
    for name in ('cmb_k2hpd', 'CONV_GRU', 'rtmpose_s'):
        cfg, weights = find_model(name)
        assert Path(cfg.filename).stem == name.lower() and weights is None
    with pytest.raises(ValueError, match='no such model'):
        find_model('nothing')


def test_networks_that_ship_are_found_with_their_weights(mmpose_scope):
    for name, path in shipped_networks().items():
        cfg, weights = find_model(name)
        assert Path(cfg.filename).stem == name
        assert weights == str(Path(path).with_suffix('.pth'))
    content = metafiles()['projects/zoo/metafile.yml']
    assert sorted(model['Name'] for model in content['Models']) == sorted(shipped_networks())
    for model in content['Models']:
        assert (REPOSITORY / model['Weights']).is_file()
        assert model['In Collection'] == content['Collections'][0]['Name']


def test_results_stand_in_the_docs():
    """In one of the pages, to the digit."""
    pages = [
        REPOSITORY / 'README.md',
        *REPOSITORY.glob('docs/*.md'),
        *REPOSITORY.glob('projects/*/README.md'),
    ]
    text = ' '.join(page.read_text(encoding='utf-8') for page in pages)
    figures = [
        value
        for content in metafiles().values()
        for model in content['Models']
        for result in model['Results']
        for value in result['Metrics'].values()
    ]
    assert len(figures) >= 12
    for value in figures:
        assert re.search(rf'(?<![\d.]){value}(?![\d.])', text), value


def test_the_papers_training():
    cfg = load('cmb_k2hpd.py')
    assert cfg.codec.input_size == (192, 192)
    assert cfg.optim_wrapper.optimizer == dict(type='Adam', lr=2.5e-4, betas=(0.9, 0.999))
    assert cfg.train_dataloader.batch_size == 16
    assert cfg.param_scheduler == dict(type='StepLR', by_epoch=False, step_size=1000, gamma=0.95)
    hooks = {hook.type: hook for hook in cfg.custom_hooks}
    assert hooks['MemoryRatioHook'].milestones == ((0, 1.0), (10000, 3.0))


META_KEYS = (
    'id',
    'img_id',
    'img_path',
    'frame_index',
    'ori_shape',
    'img_shape',
    'input_size',
    'input_center',
    'input_scale',
    'flip',
    'flip_direction',
    'flip_indices',
    'dataset_name',
    'intrinsics',
    'person_depth_m',
)


def test_a_pipeline_as_if_it_were_spelled_out():
    """The small ASTAR training: every change of its three bases shows."""
    cfg = load('cmb_astar_demo.py')
    codec = dict(
        type='DepthHeatmap',
        input_size=(64, 64),
        heatmap_size=(32, 32),
        sigma=1,
        blur_kernel_size=5,
        half_range_m=0.15,
    )
    assert cfg.train_dataloader.dataset.to_dict() == dict(
        type='ASTARDataset',
        data_root='data/astar_synthetic/',
        label_convention='offset_px',
        split='train',
        pipeline=[
            dict(type='LoadSKDepth'),
            dict(type='GetBBoxCenterScale', padding=1.0),
            dict(
                type='RandomBoxTransform',
                shift_factor=0.08,
                scale_factor=(0.85, 1.2),
                rotate_factor=40.0,
            ),
            dict(type='TopdownDepthAffine', input_size=(64, 64), use_udp=True),
            dict(type='NormalizeDepth', half_range_m=0.15),
            dict(type='GenerateTarget', encoder=codec),
            dict(type='PackPoseInputs', meta_keys=META_KEYS),
        ],
    )


def test_a_config_elsewhere_inherits_ours(tmp_path):
    """By its path anywhere; as mmpose_cmb:: once the package is registered."""
    for base in (
        "__import__('mmpose_cmb').config_path('cmb_k2hpd.py')",
        "'mmpose_cmb::cmb_k2hpd.py'",
        "'mmpose_cmb::cmb_k2hpd'",
    ):
        path = tmp_path / 'mine.py'
        path.write_text(f'_base_ = {base}\nmodel = dict(backbone=dict(in_channels=2))\n')
        cfg = Config.fromfile(path)
        assert cfg.model.backbone.type == 'CMBNet'
        assert cfg.model.backbone.in_channels == 2
        assert cfg.model.get('_scope_') is None
    path.write_text("_base_ = 'mmpose_cmb::cmb_k2hdp.py'")
    with pytest.raises(FileNotFoundError, match='near it are cmb_k2hpd'):
        Config.fromfile(path)
    # Of other packages as before.
    path.write_text("_base_ = 'mmpose::_base_/default_runtime.py'")
    assert Config.fromfile(path).default_scope == 'mmpose'


def test_configs_are_read_without_torch(tmp_path):
    """What edits them is light, and needs no registration before."""
    script = (
        'import sys, json; from mmengine.config import Config\n'
        f'cfg = Config.fromfile({str(CONFIGS / "cmb_k2hpd_demo.py")!r}, '
        'import_custom_modules=False)\n'
        'print(json.dumps([cfg.codec.input_size, "mmpose" in sys.modules]))'
    )
    result = subprocess.run(
        [sys.executable, '-W', 'ignore', '-c', script],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )
    assert json.loads(result.stdout.splitlines()[-1]) == [[64, 64], False]
