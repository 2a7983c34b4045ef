"""Publishing a network: what the files hold, and that they agree."""

import hashlib
import importlib.util
from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine.config import Config

from mmpose.apis import init_model
from mmpose.registry import DATASETS, TRANSFORMS
from mmpose_cmb import shipped
from mmpose_cmb.apis import DepthPoseInferencer
from mmpose_cmb.apis.model_spec_of_config import dataset_meta_of_config
from mmpose_cmb.deploy.exported_file import write_spec
from mmpose_cmb.depth.frame import DepthFrame
from mmpose_cmb.pose.onnx_network import OnnxNetwork
from mmpose_cmb.pose.person_finder import PersonFinder
from mmpose_cmb.runtime import DepthPoseRuntime
from mmpose_cmb.synthesis import Recipe, generate_dataset

PROJECT = Path(__file__).resolve().parents[2] / 'projects' / 'zoo'


def script(name):
    spec = importlib.util.spec_from_file_location(f'zoo_{name}', PROJECT / f'{name}.py')
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope='module')
def publish():
    return script('publish')


@pytest.fixture
def trained(tmp_path):
    """Makes a config whose frames are in place, and a checkpoint."""
    root = tmp_path / 'rooms'
    generate_dataset(root, dict(test=3), Recipe(1, layout='rooms'), progress=False)

    def make(name):
        cfg = Config.fromfile(PROJECT / 'configs' / f'{name}.py')
        cfg.test_dataloader.dataset.data_root = str(root)
        torch.manual_seed(0)
        model = init_model(cfg, None, device='cpu')
        path = tmp_path / 'epoch_1.pth'
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


def test_a_person_finder_is_published_with_its_least_score(
    publish, trained, tmp_path, mmpose_scope
):
    cfg, checkpoint = trained('person_boxes')
    weights, onnx, off = publish.publish(cfg, checkpoint, tmp_path / 'published', 0.005)
    assert [path.name[:13] for path in (weights, onnx)] == ['person_boxes-'] * 2
    # At first nearly every cell is as likely as 0.01, so that sides count.
    assert 0 < off['pixels'] < 0.05 and 0 < off['of probability'] < 0.001
    assert PersonFinder(onnx).spec.least_score == 0.005


def test_what_a_file_says_is_written_anew(publish, trained, tmp_path, monkeypatch, mmpose_scope):
    """An older file said nothing of joints; graph, name and checkpoint stay."""
    monkeypatch.syspath_prepend(str(PROJECT))
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


def test_tables_of_each_joint_make_scores_probabilities(monkeypatch):
    # The script takes worst.py as its neighbour.
    monkeypatch.syspath_prepend(str(PROJECT))
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
