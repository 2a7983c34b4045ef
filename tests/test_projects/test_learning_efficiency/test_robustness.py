"""Networks of a study under other conditions."""
import csv
import json

import numpy as np
import pytest
import torch
from learning_study import round_record_hook, round_sampler  # noqa: F401
from learning_study.plan import Run
from learning_study.run_config import run_config
from learning_study.settings import make_settings
from learning_study.study_folder import Asked, StudyFolder, write_json
from learning_study.train_run import save_config, variant_digest
from mmengine.config import Config
from mmengine.dataset import pseudo_collate
from mmengine.structures import InstanceData
from robustness_study import other_camera
from robustness_study.box_changes import (Region, Shift, Turn, Widen,
                                          turn_back)
from robustness_study.conditions import CONDITIONS, Condition
from robustness_study.crops import load_crops
from robustness_study.frame_changes import (AxialNoise, Holes, Occluder,
                                            box_in_frame)
from robustness_study.memory_changes import Fade, Flatten, change_memories
from robustness_study.network import load_network, predict
from robustness_study.occluder import draw_rectangle, occlude
from robustness_study.page import make_page
from robustness_study.tables import condition_table

from mmpose.models import build_pose_estimator
from mmpose.registry import DATASETS
from mmpose.structures.bbox import get_udp_warp_matrix

# The persons of ``k2hpd_root``: a block 2 m away before a wall at 4 m.
BLOCK = (95, 50, 145, 170)
# Joint j of image i lies at (100 + 2 j, 60 + 5 j + i); 15 pixels around.
BOX_SIZE = (2 * 18 + 30, 5 * 18 + 30)


def person_frame():
    depth_m = np.full((212, 256), 4., np.float32)
    left, top, right, bottom = BLOCK
    depth_m[top:bottom, left:right] = 2.
    return depth_m


def rng(seed=0):
    return np.random.default_rng(seed)


def test_a_board_hides_what_is_behind_it():
    depth_m = person_frame()
    depth_m[60:70, 100:110] = 0.5
    depth_m[80:90, 100:110] = 0.
    before = depth_m.copy()
    occluded = occlude(depth_m, (90, 55, 120, 95), 1.5)
    assert np.array_equal(depth_m, before)
    assert occluded.dtype == np.float32
    covered = np.zeros(depth_m.shape, bool)
    covered[55:95, 90:120] = True
    covered[60:70, 100:110] = False
    assert covered.sum() == 40 * 30 - 100
    assert (occluded[covered] == 1.5).all()
    assert np.array_equal(occluded[~covered], depth_m[~covered])


def test_rectangles_cover_a_share_of_the_box():
    box = (20, 30, 84, 158)
    generator, found = rng(), []
    for _ in range(300):
        left, top, right, bottom = draw_rectangle(generator, box, 0.25)
        assert box[0] <= left < right <= box[2]
        assert box[1] <= top < bottom <= box[3]
        found.append((left, top, right - left, bottom - top))
    area = np.prod(np.array(found)[:, 2:], axis=1)
    # Half a pixel of the sides is rounded off.
    assert area / (64 * 128) == pytest.approx(0.25, abs=0.015)
    assert len(set(found)) > 290
    # Everywhere in the box.
    assert min(f[0] for f in found) == 20
    assert max(f[1] + f[3] for f in found) == 158


@pytest.mark.parametrize('seed', range(5))
def test_the_occluder_stands_before_the_person(seed):
    depth_m = person_frame()
    bbox = np.array([85.4, 35.2, 160., 180.], np.float32)
    occluded = Occluder(0.25, (0.3, 0.5))(depth_m, bbox, rng(seed))
    changed = occluded != depth_m
    assert 0.23 < changed.sum() / (75 * 145) < 0.27
    rows, columns = np.nonzero(changed)
    assert rows.min() >= 35 and rows.max() < 180
    assert columns.min() >= 85 and columns.max() < 160
    assert len(set(occluded[changed])) == 1
    assert 1.5 <= occluded[changed][0] <= 1.7


def test_nobody_to_be_hidden():
    empty = np.zeros((20, 30), np.float32)
    bbox = np.array([2., 2., 18., 18.])
    assert not Occluder(0.25, (0.3, 0.5))(empty, bbox, rng()).any()


def test_boxes_in_the_frame():
    assert box_in_frame(np.array([-5., 3.2, 40.1, 99.]),
                        (50, 60)) == (0, 3, 41, 50)
    # Beside the frame: one pixel.
    assert box_in_frame(np.array([70., -9., 80., -2.]),
                        (50, 60)) == (59, 0, 60, 1)


def test_holes_lie_in_the_box():
    depth_m = person_frame()
    bbox = np.array([90., 40., 150., 180.])
    holed = Holes(8, (0.06, 0.12))(depth_m, bbox, rng())
    lost = holed == 0
    assert (depth_m > 0).all()
    assert np.array_equal(holed[~lost], depth_m[~lost])
    assert not lost[:40].any() and not lost[180:].any()
    assert not lost[:, :90].any() and not lost[:, 150:].any()
    # Eight ellipses, less where they overlap or are cut off.
    largest = 8 * np.pi * 0.12**2
    assert 0.2 * largest < lost[40:180, 90:150].mean() < largest


def test_noise_grows_with_distance():
    depth_m = person_frame()
    depth_m[:20] = 0
    noisy = AxialNoise(0.02, 0.01)(depth_m, None, rng())
    assert not noisy[:20].any()
    for distance in (2., 4.):
        there = depth_m == distance
        assert noisy[there].mean() == pytest.approx(distance, abs=0.01)
        assert noisy[there].std() == pytest.approx(
            0.02 + 0.01 * distance**2, rel=0.05)


def region():
    return Region(
        np.array([50., 60.], np.float32), np.array([20., 40.], np.float32))


def test_boxes_are_shifted_and_widened():
    shift = Shift(0.2)
    found = {tuple(shift(region(), rng(i)).center) for i in range(40)}
    assert found == {(x, y) for x in (46., 54.) for y in (52., 68.)}
    assert (shift(region(), rng()).scale == (20, 40)).all()
    wide = Widen(1.5)(region(), rng())
    assert wide.scale.tolist() == [30., 60.]
    assert wide.center.tolist() == [50., 60.] and wide.degrees == 0
    turned = {Turn(60.)(region(), rng(i)).degrees for i in range(40)}
    assert turned == {60., -60.}


@pytest.mark.parametrize('degrees', [0., 60., -60., 35.])
def test_points_are_turned_back(degrees):
    """MMPose's crop, and its way back of an upright one."""
    size = (64, 64)
    crop = Region(np.array([50., 60.]), np.array([40., 40.]), degrees)
    points = rng().uniform(40, 70, (19, 2))
    matrix = get_udp_warp_matrix(crop.center, crop.scale, degrees, size)
    in_crop = points @ matrix[:, :2].T + matrix[:, 2]
    # Pixel centres 0 to 63 are 0 to 64 of what codecs decode.
    decoded = in_crop / 63 * 64
    upright = decoded / size * crop.scale + crop.center - 0.5 * crop.scale
    assert np.allclose(turn_back(upright, crop), points, atol=1e-4)


@pytest.fixture
def settings():
    return make_settings('toy', train_frames=24, test_frames=8)


@pytest.fixture
def data(k2hpd_root):
    write_json(
        k2hpd_root / 'synthesis.json',
        dict(layout='k2hpd', seed=0, counts=dict(train=24, test=8)))
    return k2hpd_root


@pytest.fixture
def paths(variants):
    return dict(text.split('=') for text in variants)


def configure(paths, settings, data, run):
    return run_config(paths[run.variant], settings, run, data, 'work')


def finish(folder, run, **more):
    """What a finished run leaves; the weights are those of its seed."""
    study = folder.study()
    cfg = configure(study['asked']['variants'], folder.settings(),
                    folder.data(), run)
    place = folder.run_dir(run)
    place.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(run.seed)
    model = build_pose_estimator(cfg.model)
    torch.save(dict(state_dict=model.state_dict()), place / 'weights.pth')
    save_config(cfg, place / 'config.py')
    write_json(
        folder.result_file(run),
        dict(
            variant_digest=variant_digest(cfg),
            finished='2026-01-01 00:00',
            motions=False,
            **more))


@pytest.fixture
def folder(tmp_path, settings, data, paths, mmpose_scope):
    """A study of two variants and two seeds; three runs are finished."""
    folder = StudyFolder(tmp_path / 'study')
    folder.begin(settings, Asked(paths, [100], [0, 1]), data, ['python'])
    finish(folder, Run('without_cmb', 100, 0))
    finish(folder, Run('cmb', 100, 0))
    finish(folder, Run('cmb', 100, 1), real_frames={'PCKh@0.5': 33.})
    return folder


@pytest.fixture
def dataset_cfg(paths, settings, data, mmpose_scope):
    cfg = configure(paths, settings, data, Run('cmb', 100, 0))
    return cfg.test_dataloader.dataset


def equal(a, b):
    return torch.equal(a.inputs, b.inputs) and all(
        np.array_equal(x, y) for one, other in zip(a.regions, b.regions)
        for x, y in zip(one, other))


def test_clean_crops_are_those_of_the_test(dataset_cfg, data):
    crops = load_crops(dataset_cfg, data, 'clean', CONDITIONS['clean'])
    dataset = DATASETS.build(dataset_cfg)
    assert len(crops.samples) == len(dataset) == 8
    for i, packed in enumerate(dataset):
        assert torch.equal(crops.inputs[i], packed['inputs'])
        expected = [(100 + 2 * j, 60 + 5 * j + 24 + i) for j in range(19)]
        assert np.array_equal(crops.keypoints_px[i], expected)


@pytest.mark.parametrize('name', [
    name for name, condition in CONDITIONS.items()
    if condition.on_frame or condition.on_box
])
def test_all_networks_see_the_same(dataset_cfg, data, name):
    """Whatever was drawn before, and whichever frames are there."""
    condition = CONDITIONS[name]
    first = load_crops(dataset_cfg, data, name, condition)
    np.random.rand(3)
    assert equal(first, load_crops(dataset_cfg, data, name, condition))
    last = Config(dict(dataset_cfg, indices=[6, 7])).copy()
    crops = load_crops(last, data, name, condition)
    assert torch.equal(crops.inputs, first.inputs[6:])
    clean = load_crops(dataset_cfg, data, 'clean', CONDITIONS['clean'])
    assert not torch.equal(first.inputs, clean.inputs)
    assert np.array_equal(first.keypoints_px, clean.keypoints_px)


def test_frames_are_disturbed_each_in_its_way(dataset_cfg, data):
    """These frames are alike, so only what is drawn can differ."""
    crops = load_crops(dataset_cfg, data, 'shifted', CONDITIONS['shifted'])
    shifts = set()
    for i, (sample, shown) in enumerate(zip(crops.samples, crops.regions)):
        center = np.array([118., 105. + 24 + i])
        shift = (shown.center - center) / BOX_SIZE
        assert np.abs(shift) == pytest.approx(0.2, abs=1e-6)
        shifts.add(tuple(shift > 0))
        # What MMPose brings predictions back by.
        assert np.array_equal(sample.input_center, shown.center)
    assert len(shifts) > 1


@pytest.mark.parametrize('name, factor, turned', [('small', 1.5, 0),
                                                  ('rotated', 1., 60)])
def test_what_crops_show(dataset_cfg, data, name, factor, turned):
    """The person's pixels, worked out without MMPose."""
    crops = load_crops(dataset_cfg, data, name, CONDITIONS[name])
    side = factor * max(BOX_SIZE)
    y, x = np.indices((32, 32))
    for i, shown in enumerate(crops.regions):
        assert abs(shown.degrees) == turned
        angle = np.deg2rad(shown.degrees)
        # From the crop's middle, in pixels of the frame, and turned back.
        u, v = (x / 31 - 0.5) * side, (y / 31 - 0.5) * side
        column = np.cos(angle) * u + np.sin(angle) * v + 118
        row = -np.sin(angle) * u + np.cos(angle) * v + 105 + 24 + i
        left, top, right, bottom = BLOCK
        person = ((column >= left - 0.5) & (column < right - 0.5) &
                  (row >= top - 0.5) & (row < bottom - 0.5))
        shown_person = crops.inputs[i, 0].numpy() == 0
        assert (person == shown_person).mean() > 0.99


class Oracle:
    """Finds every joint, and says so as MMPose's estimators do."""

    def test_step(self, batch):
        for sample in batch['data_samples']:
            truth = sample.gt_instances.keypoints[0]
            scale = sample.input_scale
            matrix = get_udp_warp_matrix(sample.input_center, scale,
                                         self.degrees.pop(0), (32, 32))
            in_crop = truth @ matrix[:, :2].T + matrix[:, 2]
            found = in_crop / 31 * scale + sample.input_center - scale / 2
            sample.pred_instances = InstanceData(keypoints=found[None])
        return batch['data_samples']


@pytest.mark.parametrize('name', ['clean', 'shifted', 'small', 'rotated'])
def test_predictions_are_pixels_of_the_frame(dataset_cfg, data, name,
                                             monkeypatch):
    monkeypatch.setattr('robustness_study.network.BATCH_SIZE', 3)
    crops = load_crops(dataset_cfg, data, name, CONDITIONS[name])
    oracle = Oracle()
    oracle.degrees = [shown.degrees for shown in crops.regions]
    assert predict(oracle, crops) == pytest.approx(
        crops.keypoints_px, abs=1e-3)


def test_the_network_is_that_of_the_run_without_flip_test(folder, data):
    place = folder.run_dir(Run('cmb', 100, 0))
    cfg = Config.fromfile(place / 'config.py')
    assert cfg.model.test_cfg.flip_test
    crops = load_crops(cfg.test_dataloader.dataset, data, 'clean',
                       CONDITIONS['clean'])
    found = predict(
        load_network(cfg, place / 'weights.pth', 'cpu'), crops)

    cfg.model.test_cfg.flip_test = False
    model = build_pose_estimator(cfg.model).eval()
    state = torch.load(place / 'weights.pth')['state_dict']
    model.load_state_dict(state)
    dataset = DATASETS.build(cfg.test_dataloader.dataset)
    with torch.no_grad():
        samples = model.test_step(pseudo_collate(list(dataset)))
    expected = [s.pred_instances.keypoints[0] for s in samples]
    assert found == pytest.approx(np.array(expected), abs=0.05)


def test_memories_are_changed(folder):
    place = folder.run_dir(Run('cmb', 100, 0))
    cfg = Config.fromfile(place / 'config.py')
    model = build_pose_estimator(cfg.model)
    before = model.backbone.blocks[0].memory.clone()
    change_memories(model, Flatten(0.))
    flat = model.backbone.blocks[0].memory
    means = before.mean((1, 2))
    for channel, mean in zip(flat, means):
        torch.testing.assert_close(channel, mean.expand_as(channel))
    torch.testing.assert_close(Flatten(1.)(before), before)
    change_memories(model, Fade(0.))
    assert not any(block.memory.any() for block in model.backbone.blocks)

    # The network that is tested is the changed one.
    crop, heatmaps = torch.rand(1, 1, *cfg.codec.input_size[::-1]), []
    for change in (None, Flatten(1.), Fade(0.)):
        model = load_network(cfg, place / 'weights.pth', 'cpu', change)
        with torch.no_grad():
            heatmaps.append(model.head(model.backbone(crop)))
    torch.testing.assert_close(heatmaps[0], heatmaps[1])
    assert not torch.allclose(heatmaps[0], heatmaps[2])


def test_a_pipeline_that_cannot_be_changed(dataset_cfg, data):
    cfg = dataset_cfg.copy()
    cfg.pipeline = [cfg.pipeline[0], cfg.pipeline[-1]]
    with pytest.raises(ValueError, match='GetBBoxCenterScale'):
        load_crops(cfg, data, 'clean', Condition(''))


# PCKh@0.5 by variant and condition, seeds 0, 1, 2.
MADE_UP = dict(
    without_cmb=dict(clean=(70., 72., 74.), rotated=(40., 42., 41.)),
    cmb=dict(clean=(75., 75., 75.), rotated=(41., 40., 42.)),
    with_convs=dict(clean=(71., 73.)))


def made_up_rows(tmp_path):
    """Through a file, as the tables' figures come."""
    lines = ['variant,fraction,seed,condition,PCKh@0.5']
    lines += [
        f'{variant},25,{seed},{condition},{value}'
        for variant, conditions in MADE_UP.items()
        for condition, values in conditions.items()
        for seed, value in enumerate(values)
    ]
    path = tmp_path / 'made_up.csv'
    path.write_text('\n'.join(lines))
    with open(path, newline='') as file:
        return [
            dict(row, fraction=int(row['fraction']), seed=int(row['seed']),
                 **{'PCKh@0.5': float(row['PCKh@0.5'])})
            for row in csv.DictReader(file)
        ]


def test_the_tables_arithmetic(tmp_path):
    rows = made_up_rows(tmp_path)
    cells = condition_table(rows, 25, list(MADE_UP),
                            ['clean', 'noise', 'rotated'], 'without_cmb')
    # Differences of the clean frames: 5, 3, 1; rotated: 1, -2, 1.
    assert cells == [
        [
            'condition', 'w/o CMB', 'CMB', 'w/ Convs', 'CMB − w/o CMB',
            'w/ Convs − w/o CMB'
        ],
        [
            'clean', '72.0 ± 2.0', '75.0 ± 0.0', '72.0 ± 1.4 (2)',
            '+3.0 ± 2.0', '+1.0 ± 0.0 (2)'
        ],
        [
            'rotated', '41.0 ± 1.0', '41.0 ± 1.0', '-', '+0.0 ± 1.7', '-'
        ],
    ]
    alone = condition_table(rows, 25, ['cmb'], ['clean'], 'without_cmb')
    assert alone == [['condition', 'CMB'], ['clean', '75.0 ± 0.0']]


def test_the_page(tmp_path):
    rows = made_up_rows(tmp_path)
    rows.append(dict(rows[0], fraction=100, seed=0, condition='real_frames'))
    page = make_page(rows, 'cmb')
    assert page.index('## 100 %') < page.index('## 25 %')
    assert '| real_frames | 70.0' in page and '`holes`' not in page
    assert 'w/o CMB − CMB' in page and '-3.0 ± 2.0' in page
    assert 'No differences: other' in make_page(rows, 'other')


@pytest.fixture
def run_robustness(capsys):
    """Runs robustness.py: (exit status, what it said)."""
    import robustness

    def test(*arguments):
        try:
            status = robustness.main([str(a) for a in arguments])
            message = ''
        except SystemExit as end:
            status, message = 1, str(end)
        return status, capsys.readouterr().out + message

    return test


def rows_of(folder):
    with open(folder.root / 'robustness.csv', newline='') as file:
        return list(csv.DictReader(file))


def test_from_runs_to_tables(folder, run_robustness, monkeypatch):
    monkeypatch.setattr('robustness_study.kept_figures.FRAMES', 4)
    monkeypatch.setattr(other_camera, 'FRAMES', 4)
    command = ('--out', folder.root)
    status, said = run_robustness(*command, '--seeds', 0, '--conditions',
                                 'clean', 'rotated')
    assert status == 0, said
    assert '2 networks, 2 conditions; 0 tests done before, 4 to do' in said
    # Real frames were tested by the study, with another seed.
    assert [(r['variant'], r['seed'], r['condition'])
            for r in rows_of(folder)] == [
                ('without_cmb', '0', 'clean'), ('without_cmb', '0', 'rotated'),
                ('cmb', '0', 'clean'), ('cmb', '0', 'rotated'),
                ('cmb', '1', 'real_frames')]

    # The rest; what is known already is not tested again.
    times = {
        path: path.stat().st_mtime_ns
        for path in (folder.root / 'robustness').rglob('*.json')
    }
    assert len(times) == 4
    status, said = run_robustness(*command)
    assert status == 0, said
    tests = 3 * len(CONDITIONS)
    assert f'; 4 tests done before, {tests - 4} to do' in said
    assert all(path.stat().st_mtime_ns == t for path, t in times.items())
    rows = rows_of(folder)
    assert len(rows) == tests + 1
    for row in rows:
        assert 0 <= float(row['PCKh@0.5']) <= 100
        if row['condition'] != 'real_frames':
            assert 0 <= float(row['PDJ/average/Wrists']) <= 100
            assert int(row['frames']) == (
                4 if row['condition'] == 'other_camera' else 8)
    page = (folder.root / 'robustness.md').read_text()
    assert page in said and '## 100 % of the training frames' in page
    assert [line.split('|')[1].strip() for line in page.splitlines()
            if line.startswith('|')][2:] == [*CONDITIONS, 'real_frames']
    made = json.loads(
        (folder.root / 'robustness' / 'other_camera' / 'synthesis.json'
         ).read_text())
    assert made['sensor'] == 'time_of_flight' and made['seed'] != 0
    assert (made['intrinsics']['width'], made['counts']) == (
        320, dict(train=0, test=4))

    # A run that was trained anew is tested anew, and no other.
    weights = folder.run_dir(Run('cmb', 100, 1)) / 'weights.pth'
    state = torch.load(weights)
    state['state_dict']['head.final_layer.bias'] += 1
    torch.save(state, weights)
    status, said = run_robustness(*command, '--conditions', 'clean')
    assert '; 2 tests done before, 1 to do' in said
    # Its older figures are not shown any more.
    assert len(rows_of(folder)) == 2 * len(CONDITIONS) + 2


def test_figures_are_those_of_the_predictions(folder, run_robustness,
                                              monkeypatch):
    """Six of 19 joints 2 head lengths beside their places, in any turn."""

    def some_off(model, crops):
        found = crops.keypoints_px.copy()
        found[:, :6, 0] += 2 * np.hypot(2, 5)
        return found

    monkeypatch.setattr('robustness_study.tester.predict', some_off)
    run_robustness('--out', folder.root, '--conditions', 'rotated')
    for row in rows_of(folder):
        if row['condition'] == 'rotated':
            assert float(row['PCKh@0.5']) == pytest.approx(1300 / 19)


def test_what_figures_hold_for(folder, run_robustness, monkeypatch):
    """The run's own config and end, and one definition of a condition."""
    command = ('--out', folder.root, '--conditions', 'small')
    run_robustness(*command)
    assert '3 tests done before' in run_robustness(*command)[1]
    for key in ('variant_digest', 'finished'):
        path = folder.result_file(Run('cmb', 100, 0))
        write_json(path, dict(json.loads(path.read_text()), **{key: 'new'}))
        assert '2 tests done before, 1' in run_robustness(*command)[1]
    monkeypatch.setitem(CONDITIONS, 'small',
                        Condition('wider', on_box=Widen(2.)))
    assert '0 tests done before' in run_robustness(*command)[1]


def test_runs_that_are_left_out(folder, run_robustness):
    motions = Run('without_cmb', 100, 0)
    write_json(
        folder.result_file(motions),
        dict(folder.result(motions), motions=True))
    (folder.run_dir(Run('cmb', 100, 1)) / 'weights.pth').unlink()
    status, said = run_robustness('--out', folder.root, '--conditions',
                                 'clean')
    assert status == 0 and '1 networks, 1 conditions' in said
    assert 'learn from motions and have other frames: without_cmb' in said
    assert 'its weights.pth is missing: cmb 100% seed 1' in said


def test_mistakes_are_one_message(folder, run_robustness, tmp_path):
    out = ('--out', folder.root)
    cases = [
        (('--out', tmp_path / 'none'), 'there is no study in'),
        ((*out, '--variants', 'other'), 'the study has no variant other'),
        ((*out, '--seeds', 7), 'no finished run of this choice'),
        ((*out, '--device', 'nonsense'), 'nonsense\' cannot be used'),
        ((*out, '--data', tmp_path / 'none'), 'name their folder with --data'),
    ]
    for arguments, message in cases:
        status, said = run_robustness(*arguments)
        assert status == 1 and message in said, said
        assert 'error: ' in said
    assert not (folder.root / 'robustness').exists()
