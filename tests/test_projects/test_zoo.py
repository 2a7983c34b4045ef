"""Publishing a network: what the files hold, and that they agree."""

import hashlib
import importlib.util
import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine.config import Config

from mmpose.apis import init_model
from mmpose.registry import DATASETS, MODELS, TRANSFORMS
from mmpose_cmb import shipped
from mmpose_cmb.apis import DepthPoseInferencer
from mmpose_cmb.apis.model_spec_of_config import dataset_meta_of_config
from mmpose_cmb.deploy.exported_file import write_spec
from mmpose_cmb.depth.depth_io import read_depth
from mmpose_cmb.depth.frame import DepthFrame
from mmpose_cmb.engine.weights_fit import weights_that_do_not_fit
from mmpose_cmb.formats.itop import ITOP_JOINTS
from mmpose_cmb.formats.k2hpd import K2HPD_JOINTS
from mmpose_cmb.formats.room_joints import JOINT_SETS, ROOM_JOINTS
from mmpose_cmb.live import Recorder
from mmpose_cmb.pose.onnx_network import OnnxNetwork
from mmpose_cmb.pose.person_finder import PersonFinder
from mmpose_cmb.pose.second_look import second_look
from mmpose_cmb.runtime import DepthPoseRuntime
from mmpose_cmb.runtime.__main__ import main as run_runtime
from mmpose_cmb.synthesis import Recipe, generate_dataset

PROJECT = Path(__file__).resolve().parents[2] / 'projects' / 'zoo'


def script(name):
    """One of the project's scripts, which takes others as its neighbours."""
    spec = importlib.util.spec_from_file_location(f'zoo_{name}', PROJECT / f'{name}.py')
    module = importlib.util.module_from_spec(spec)
    sys.path.insert(0, str(PROJECT))
    try:
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(PROJECT))
    return module


@pytest.fixture(scope='module')
def publish():
    return script('publish')


@pytest.fixture
def trained(tmp_path):
    """Makes a config whose frames are in place, and a checkpoint."""
    root = tmp_path / 'rooms'
    generate_dataset(root, dict(test=3), Recipe(1, layout='rooms'), progress=False)

    def make(name, write=True):
        cfg = Config.fromfile(PROJECT / 'configs' / f'{name}.py')
        cfg.test_dataloader.dataset.data_root = str(root)
        path = tmp_path / 'epoch_1.pth'
        if not write:
            return cfg, str(path)
        torch.manual_seed(0)
        model = init_model(cfg, None, device='cpu')
        torch.save(
            dict(
                state_dict=model.state_dict(),
                optimizer=dict(state=torch.zeros(1000)),
                meta=dict(iter=7, cfg='import os', dataset_meta=dataset_meta_of_config(cfg)),
            ),
            path,
        )
        return cfg, str(path)

    return make


def test_published_files_are_bare_named_by_content_and_agree(
    publish, trained, tmp_path, monkeypatch, mmpose_scope
):
    cfg, checkpoint = trained('body_front')
    out = tmp_path / 'published'
    weights, onnx, off = publish.publish(cfg, checkpoint, out)
    assert sorted(out.iterdir()) == sorted((weights, onnx))
    digest = hashlib.sha256(weights.read_bytes()).hexdigest()
    assert weights.name == f'body_front-{digest[:8]}.pth'
    content = torch.load(weights, weights_only=True)
    assert set(content) == {'state_dict', 'meta'}
    assert set(content['meta']) == {'iter', 'cfg', 'dataset_meta'} and content['meta']['iter'] == 7
    assert str(tmp_path) not in content['meta']['cfg']
    assert off['pixels'] < 0.05 and off['mm'] < 1
    spec = OnnxNetwork(str(onnx)).spec
    assert spec.space and spec.input_size == cfg.codec.input_size
    # In the package they are what is taken where nothing is named.
    monkeypatch.setattr(shipped, 'FOLDER', out)
    frame = DepthFrame(np.full((120, 160), 2, np.float32), (140, 140, 80, 60))
    boxes = [[40, 10, 110, 115]]
    ((there,), (here,)) = (
        predictor.predict(frame, boxes)
        for predictor in (DepthPoseInferencer(device='cpu'), DepthPoseRuntime(threads=1))
    )
    np.testing.assert_allclose(here.keypoints_cam, there.keypoints_cam, atol=1e-3)


@pytest.mark.parametrize('name, joint_set', [('body_front', 'itop'), ('body_top_kinect', 'k2hpd')])
def test_cut_networks_give_what_all_joints_gave(name, joint_set, mmpose_scope):
    """To the bit: heat maps, depths and probabilities."""
    cut = script('cut_joints')
    kept = JOINT_SETS[joint_set]
    parent, leaf = (
        Config.fromfile(PROJECT / 'configs' / f'{stem}.py')
        for stem in (f'{name.replace("_kinect", "")}_joints', name)
    )
    torch.manual_seed(0)
    model = MODELS.build(parent.model)
    for weights in model.head.state_dict().values():
        if weights.is_floating_point():
            weights.copy_(torch.rand_like(weights))
    of_all = {f'module.{name}': value for name, value in model.state_dict().items()}
    assert not weights_that_do_not_fit(MODELS.build(leaf.model), cut.cut_joints(of_all, kept))
    fewer = cut.network_of(leaf, dict(state_dict=cut.cut_joints(model.state_dict(), kept)))
    model.eval()
    crops = torch.rand(2, 1, 128, 128)
    with torch.no_grad():
        expected, found = (net.head.decode_tensors(net.backbone(crops)) for net in (model, fewer))
    assert set(found) == {'heatmaps', 'keypoints', 'scores', 'keypoints_uvd'}
    for part, value in found.items():
        assert torch.equal(value, expected[part][:, kept]), part


def test_one_training_ships_twice(publish, trained, tmp_path, mmpose_scope):
    _, checkpoint = trained('body_front_joints')
    frame = DepthFrame(np.full((120, 160), 2, np.float32), (140, 140, 80, 60))
    given = {}
    for name, joints in (('body_front', ITOP_JOINTS), ('body_front_kinect', K2HPD_JOINTS)):
        cfg, _ = trained(name, write=False)
        weights, onnx, _ = publish.publish(cfg, checkpoint, tmp_path / 'published')
        assert weights.name.rpartition('-')[0] == name
        meta = torch.load(weights, weights_only=True)['meta']['dataset_meta']
        assert tuple(meta['keypoint_id2name'].values()) == joints
        runtime = DepthPoseRuntime(str(onnx), threads=1)
        assert tuple(runtime.keypoint_names) == joints
        (given[name],) = runtime.predict(frame, [[40, 10, 110, 115]])
    # Both are the slices of the whole network.
    cfg, _ = trained('body_front_joints', write=False)
    _, onnx, _ = publish.publish(cfg, checkpoint, tmp_path / 'published')
    (whole,) = DepthPoseRuntime(str(onnx), threads=1).predict(frame, [[40, 10, 110, 115]])
    for name, kept in zip(given, JOINT_SETS.values()):
        for part in ('keypoints', 'keypoints_cam', 'keypoint_scores'):
            np.testing.assert_allclose(
                getattr(given[name], part), getattr(whole, part)[kept], atol=1e-3
            )


def test_kinects_joints_by_name_wherever_networks_are_named(
    publish, trained, tmp_path, monkeypatch, mmpose_scope
):
    """Found by the network that ships, twice looked at, tracked, smoothed, drawn."""
    cfg, checkpoint = trained('body_front_kinect')
    folder = tmp_path / 'published'
    publish.publish(cfg, checkpoint, folder)
    shutil.copy(shipped.shipped_detector(), folder)
    monkeypatch.setattr(shipped, 'FOLDER', folder)
    dataset = DATASETS.build(dict(cfg.test_dataloader.dataset, pipeline=[]))
    info = dataset.get_data_info(0)
    camera = tuple(map(float, info['intrinsics']))
    frame = DepthFrame(read_depth(info['img_path'], 0.001), camera)

    # An untrained network is sure of nothing: who is proposed, is a person.
    runtime = DepthPoseRuntime('body_front_kinect', threads=1, bbox_thr=0)
    assert second_look(runtime.spec, runtime.finder) and runtime.spec.skeleton.name == 'k2hpd'
    here = runtime.predict(frame)
    there = DepthPoseInferencer(weights='body_front_kinect', device='cpu', bbox_thr=0)
    assert list(there.keypoint_names) == list(K2HPD_JOINTS) and here
    for one, other in zip(here, there.predict(frame)):
        # Untrained maps are nearly flat, and one or the other has two summits.
        near = np.isclose(one.keypoints_cam, other.keypoints_cam, atol=1e-3).all(axis=1)
        assert near.shape == (19,) and near.sum() >= 17

    with Recorder(str(tmp_path / 'recording'), fps=100.0) as recorder:
        for i in range(4):
            recorder.write(frame, i / 100)
    said = ['--model', 'body_front_kinect', '--bbox-thr', '0']
    out = tmp_path / 'results'
    assert run_runtime([str(tmp_path / 'recording'), *said, '--out-dir', str(out)]) == 0
    summary = json.loads((out / 'predictions' / 'summary.json').read_text())
    assert summary['meta_info']['keypoints'] == list(K2HPD_JOINTS)
    assert len(list((out / 'visualizations').iterdir())) == 4

    spec = importlib.util.spec_from_file_location(
        'live_tool', PROJECT.parents[1] / 'tools/live.py'
    )
    live = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(live)
    lines, recording = tmp_path / 'live.jsonl', str(tmp_path / 'recording')
    options = ['--no-window', '--jsonl', str(lines), '--out-dir', str(tmp_path / 'live')]
    monkeypatch.setattr(sys, 'argv', ['live.py', recording, *said, *options])
    live.main()
    header, *records = [json.loads(line) for line in lines.read_text().splitlines()]
    assert header['keypoint_names'] == list(K2HPD_JOINTS)
    people = [person for record in records for person in record['persons']]
    assert people and all(len(person['keypoints']) == 19 for person in people)
    assert list((tmp_path / 'live').glob('*.png'))


def test_weights_of_other_joints_are_refused(publish, trained, tmp_path, mmpose_scope):
    _, checkpoint = trained('body_front')
    cfg, _ = trained('body_front_kinect', write=False)
    with pytest.raises(ValueError, match=r'final_layer.*is \[15, .*the config wants \[19, '):
        publish.publish(cfg, checkpoint, tmp_path / 'published')
    torch.save(dict(meta={}), tmp_path / 'bare.pth')
    with pytest.raises(ValueError, match='bare.pth: a checkpoint without weights'):
        publish.publish(cfg, str(tmp_path / 'bare.pth'), tmp_path / 'published')


def test_tables_are_fitted_to_what_ships(trained, tmp_path, monkeypatch, mmpose_scope):
    cfg, checkpoint = trained('body_front_joints')
    calibrate, out = script('calibrate'), tmp_path / 'calibrated.pth'
    config = str(PROJECT / 'configs' / 'body_front_kinect.py')
    data = cfg.test_dataloader.dataset.data_root
    monkeypatch.setattr(
        sys, 'argv', ['calibrate.py', config, checkpoint, str(out), '--data', data]
    )
    calibrate.main()
    content = torch.load(out, weights_only=True)
    table = content['state_dict']['head.calibration.table']
    # Of an untrained network next to no joint is right, however sure it is.
    assert table.shape == (19, 11) and table.mean() < 0.3
    assert content['meta']['dataset_meta']['num_keypoints'] == 19
    worst = script('worst')
    leaf, _ = trained('body_front_kinect', write=False)
    model = worst.network_of(leaf, worst.read_checkpoint(str(out), leaf))
    people = worst.predict(model, DATASETS.build(leaf.test_dataloader.dataset))
    assert people and people[0].scores.shape == people[0].errors_m.shape == (19,)


BODY = [f'body_{view}{joints}' for view in ('front', 'top') for joints in ('', '_kinect')]


@pytest.mark.parametrize('name', BODY)
def test_what_ships_differs_from_its_training_in_the_joints_alone(name, mmpose_scope):
    cfg = Config.fromfile(PROJECT / 'configs' / f'{name}.py')
    of_all = Config.fromfile(PROJECT / 'configs' / f'{name.replace("_kinect", "")}_joints.py')
    joints = K2HPD_JOINTS if 'kinect' in name else ITOP_JOINTS
    assert tuple(dataset_meta_of_config(cfg)['keypoint_id2name'].values()) == joints
    assert cfg.model.head.out_channels == len(joints)
    assert tuple(dataset_meta_of_config(of_all)['keypoint_id2name'].values()) == ROOM_JOINTS
    assert of_all.model.head.out_channels == len(ROOM_JOINTS)
    datasets = [cfg.val_dataloader.dataset, *frames_of(cfg)]
    assert all(part.metainfo == cfg.test_dataloader.dataset.metainfo for part in datasets)
    for one, other in zip(datasets, [of_all.val_dataloader.dataset, *frames_of(of_all)]):
        one.metainfo = other.metainfo
    for one in (cfg, of_all):
        one.pop('joints', None)
        one.model.head.out_channels = 0
        one.test_dataloader = one.val_dataloader
    assert cfg.to_dict() == of_all.to_dict()


def frames_of(cfg):
    dataset = cfg.train_dataloader.dataset
    return dataset.get('datasets', [dataset])


def test_how_networks_are_made(tmp_path, monkeypatch):
    """The commands of make.py, which are not run; a training leaves its checkpoint."""
    make = script('make')
    calls = []

    def note(path, *arguments):
        calls.append((path.stem, arguments))
        if path.stem == 'train':
            work_dir = Path(arguments[arguments.index('--work-dir') + 1])
            work_dir.mkdir(parents=True, exist_ok=True)
            (work_dir / 'last_checkpoint').write_text(str(work_dir / 'epoch_1.pth'))

    def made(network):
        calls.clear()
        monkeypatch.setattr(
            sys, 'argv', ['make.py', network, '--work-dirs', str(tmp_path), '--out', 'published']
        )
        make.main()
        return [(step, [Path(a).stem for a in args if a.endswith(('.py', '.pth'))])
                for step, args in calls if step != 'synthesize']  # yapf: disable

    monkeypatch.setattr(make, 'run_script', note)
    # Nobody has trained a front network here.
    shipped_start = Path(shipped.shipped_weights('body_front')).stem
    assert made('body_top')[0] == ('train', ['body_top_joints', shipped_start])
    assert made('body_front') == [
        ('train', ['body_front_start']),
        ('train', ['body_front_joints', 'epoch_1']),
        ('calibrate', ['body_front', 'epoch_1', 'body_front_calibrated']),
        ('publish', ['body_front', 'body_front_calibrated']),
        ('calibrate', ['body_front_kinect', 'epoch_1', 'body_front_kinect_calibrated']),
        ('publish', ['body_front_kinect', 'body_front_kinect_calibrated']),
    ]
    assert made('body_top')[0] == ('train', ['body_top_joints', 'epoch_1'])
    load = f'load_from={tmp_path}/body_front_joints/epoch_1.pth'
    assert load in calls[1][1] and '--resume' in calls[1][1]
    assert made('person_boxes') == [
        ('train', ['person_boxes']),
        ('publish', ['person_boxes', 'epoch_1']),
    ]
    for network in make.NETWORKS.values():
        for name in network.parts + network.ships:
            assert Path(make.config_of(name)).is_file()


def test_a_person_finder_is_published_with_its_least_score(
    publish, trained, tmp_path, mmpose_scope
):
    cfg, checkpoint = trained('person_boxes')
    weights, onnx, off = publish.publish(cfg, checkpoint, tmp_path / 'published', 0.005)
    assert [path.name[:13] for path in (weights, onnx)] == ['person_boxes-'] * 2
    # At first nearly every cell is as likely as 0.01, so that sides count.
    assert 0 < off['pixels'] < 0.05 and 0 < off['of probability'] < 0.001
    assert PersonFinder(onnx).spec.least_score == 0.005


def test_what_a_file_says_is_written_anew(publish, trained, tmp_path, mmpose_scope):
    """An older file said nothing of joints; graph, name and checkpoint stay."""
    restate = script('restate')
    cfg, checkpoint = trained('person_boxes')
    _, path, _ = publish.publish(cfg, checkpoint, tmp_path / 'published')
    said = PersonFinder(path).spec
    assert said.joints_decide and restate.restate(path) is False
    inputs = np.random.default_rng(0).random((1, 1, 160, 192), np.float32)
    heat, _ = PersonFinder(path).maps(inputs)
    write_spec(str(path), said._replace(joints_decide=False))
    assert not PersonFinder(path).spec.joints_decide and restate.restate(path) is True
    assert PersonFinder(path).spec == said
    np.testing.assert_array_equal(PersonFinder(path).maps(inputs)[0], heat)
    assert len(list(path.parent.iterdir())) == 2


def test_nothing_is_published_that_is_too_large(
    publish, trained, tmp_path, monkeypatch, mmpose_scope
):
    monkeypatch.setattr(publish, 'MOST_BYTES', 1000)
    cfg, checkpoint = trained('body_front')
    with pytest.raises(ValueError, match='files that ship'):
        publish.publish(cfg, checkpoint, tmp_path / 'published')
    assert not list((tmp_path / 'published').iterdir())


def test_the_table_tells_seen_from_hidden_joints(capsys):
    worst = script('worst')
    seen = np.arange(15) < 10
    # All seen joints but one are near; of the hidden ones two are.
    errors_m = np.where(seen, 0.05, 0.5)
    errors_m[0], errors_m[[13, 14]] = 0.1, 0.099
    whole = worst.Person(0, np.zeros((15, 2)), np.zeros(15), np.ones(15, bool), np.ones(15))
    worst.print_table([whole, worst.Person(1, np.zeros((15, 2)), errors_m, seen, np.ones(15))])
    rows = [line.split() for line in capsys.readouterr().out.splitlines()[2:]]
    # Medians: of 15 zeros, a tenth, nine twentieths and so on, by hand.
    assert rows == [
        ['0-15', '2', '86.7', '96.0', '40.0', '25.0'],
        ['15-15', '1', '100.0', '100.0', '0.0'],
        ['9-11', '1', '73.3', '90.0', '40.0', '50.0'],
    ]


def test_steps_of_how_much_is_seen():
    worst = script('worst')
    assert worst.seen_ranges(15) == [(15, 15), (12, 14), (9, 11), (5, 8)]
    assert worst.seen_ranges(20) == [(20, 20), (16, 19), (12, 15), (7, 11)]


def test_tables_of_each_joint_make_scores_probabilities():
    calibrate = script('calibrate')
    rng = np.random.default_rng(0)
    scores = rng.random((20_000, 2))
    chance = np.stack([scores[:, 0] ** 2, 0.5 + scores[:, 1] / 2], axis=1)
    tables = calibrate.fit_tables(scores, rng.random(scores.shape) < chance, 11)
    assert np.abs(calibrate.apply_tables(scores, tables) - chance).max() < 0.06


class Truthful:
    """Finds the boxes that it was given, frame by frame."""

    def __init__(self, boxes):
        self.boxes = list(boxes)

    def __call__(self, frame):
        boxes = self.boxes.pop(0)
        return boxes, np.full(len(boxes), 0.9, np.float32)


def test_a_finder_of_everybody_has_a_precision_of_1(trained, mmpose_scope):
    score = script('detector_score')
    cfg, _ = trained('person_boxes')
    label = TRANSFORMS.build(cfg.test_dataloader.dataset.pipeline[1])
    load = TRANSFORMS.build(cfg.test_dataloader.dataset.pipeline[0])
    dataset = DATASETS.build(dict(cfg.test_dataloader.dataset, pipeline=[]))
    boxes = [label(load(dataset.get_data_info(i)))['bbox'] for i in range(3)]
    rows = score.table(score.scored_frames(Truthful(boxes), Truthful(boxes), cfg))
    assert rows[-1]['people'] == 'any' and rows[-1]['frames'] == 3
    for row in rows:
        assert row['AP@0.5'] == row['boxes/person'] == 1 and row['found, %'] == 100
        assert row['nobody/frame'] == 0
    elsewhere = [box + 500 for box in boxes]
    (*_, row) = score.table(score.scored_frames(Truthful(elsewhere), Truthful(elsewhere), cfg))
    assert row['AP@0.5'] == row['found, %'] == 0 and row['boxes/person'] == 1
    assert row['nobody/frame'] == sum(map(len, boxes)) / 3
    # Somebody who is found twice is nobody once.
    twice = [np.concatenate([box, box]) for box in boxes]
    (*_, row) = score.table(score.scored_frames(Truthful(boxes), Truthful(twice), cfg))
    assert row['found, %'] == 100 and row['nobody/frame'] == sum(map(len, boxes)) / 3
