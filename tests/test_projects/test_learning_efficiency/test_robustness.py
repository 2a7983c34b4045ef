"""Networks of a study under other conditions."""

from dataclasses import asdict
from types import SimpleNamespace

import numpy as np
import pytest
import robustness
import torch
from learning_study import round_sampler  # noqa: F401 (registers)
from learning_study.plan import Run
from learning_study.run_config import run_config
from learning_study.settings import chosen_settings
from learning_study.study_folder import Study, StudyFolder
from learning_study.train_run import save_config
from learning_study.variants import find_variants
from mmengine.config import Config
from mmengine.dataset import pseudo_collate
from mmengine.structures import InstanceData
from robustness_study.box_changes import Region, shift, turn, turn_back, widen
from robustness_study.conditions import CONDITIONS, flatten, randomness
from robustness_study.disturb import disturbed
from robustness_study.frame_changes import box_in_frame, draw_rectangle, holes, noise, occluder
from robustness_study.page import robustness_sections
from robustness_study.tester import load_network, predict

from mmpose.models import build_pose_estimator
from mmpose.registry import DATASETS
from mmpose.structures.bbox import get_udp_warp_matrix

# The persons of ``k2hpd_root``: a block 2 m away before a wall at 4 m.
BLOCK = (95, 50, 145, 170)
# Joint j of image i lies at (100 + 2 j, 60 + 5 j + i); 15 pixels around.
BOX_SIZE = (2 * 18 + 30, 5 * 18 + 30)


def person_frame():
    depth_m = np.full((212, 256), 4.0, np.float32)
    left, top, right, bottom = BLOCK
    depth_m[top:bottom, left:right] = 2.0
    return depth_m


def rng(seed=0):
    return np.random.default_rng(seed)


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


@pytest.mark.parametrize('seed', range(3))
def test_the_occluder_stands_before_the_person(seed):
    depth_m = person_frame()
    depth_m[:, 118:122] = 0.5
    before = depth_m.copy()
    bbox = np.array([85.4, 35.2, 160.0, 180.0], np.float32)
    occluded = occluder(depth_m, bbox, rng(seed), 0.25, (0.3, 0.5))
    assert np.array_equal(depth_m, before)
    # What is nearer than the board stays in view.
    assert (occluded[:, 118:122] == 0.5).all()
    changed = occluded != depth_m
    assert 0.2 < changed.sum() / (75 * 145) < 0.27
    rows, columns = np.nonzero(changed)
    assert rows.min() >= 35 and rows.max() < 180
    assert columns.min() >= 85 and columns.max() < 160
    assert len(set(occluded[changed])) == 1
    assert 1.5 <= occluded[changed][0] <= 1.7


def test_nobody_to_be_hidden():
    empty = np.zeros((20, 30), np.float32)
    bbox = np.array([2.0, 2.0, 18.0, 18.0])
    assert not occluder(empty, bbox, rng(), 0.25, (0.3, 0.5)).any()


def test_boxes_in_the_frame():
    assert box_in_frame(np.array([-5.0, 3.2, 40.1, 99.0]), (50, 60)) == (0, 3, 41, 50)
    # Beside the frame: one pixel.
    assert box_in_frame(np.array([70.0, -9.0, 80.0, -2.0]), (50, 60)) == (59, 0, 60, 1)


def test_holes_lie_in_the_box():
    depth_m = person_frame()
    bbox = np.array([90.0, 40.0, 150.0, 180.0])
    holed = holes(depth_m, bbox, rng(), 8, (0.06, 0.12))
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
    noisy = noise(depth_m, None, rng(), 0.02, 0.01)
    assert not noisy[:20].any()
    for distance in (2.0, 4.0):
        there = depth_m == distance
        assert noisy[there].mean() == pytest.approx(distance, abs=0.01)
        assert noisy[there].std() == pytest.approx(0.02 + 0.01 * distance**2, rel=0.05)


def region():
    return Region(np.array([50.0, 60.0], np.float32), np.array([20.0, 40.0], np.float32))


def test_boxes_are_shifted_and_widened():
    found = {tuple(shift(region(), rng(i), 0.2).center) for i in range(40)}
    assert found == {(x, y) for x in (46.0, 54.0) for y in (52.0, 68.0)}
    assert (shift(region(), rng(), 0.2).scale == (20, 40)).all()
    wide = widen(region(), rng(), 1.5)
    assert wide.scale.tolist() == [30.0, 60.0]
    assert wide.center.tolist() == [50.0, 60.0] and wide.degrees == 0
    turned = {turn(region(), rng(i), 60.0).degrees for i in range(40)}
    assert turned == {60.0, -60.0}


@pytest.mark.parametrize('degrees', [0.0, 60.0, -60.0, 35.0])
def test_points_are_turned_back(degrees):
    """MMPose's crop, and its way back of an upright one."""
    size = (64, 64)
    crop = Region(np.array([50.0, 60.0]), np.array([40.0, 40.0]), degrees)
    points = rng().uniform(40, 70, (19, 2))
    matrix = get_udp_warp_matrix(crop.center, crop.scale, degrees, size)
    in_crop = points @ matrix[:, :2].T + matrix[:, 2]
    # Pixel centres 0 to 63 are 0 to 64 of what codecs decode.
    decoded = in_crop / 63 * 64
    upright = decoded / size * crop.scale + crop.center - 0.5 * crop.scale
    assert np.allclose(turn_back(upright, crop), points, atol=1e-4)


@pytest.fixture
def data(k2hpd_root):
    (k2hpd_root / 'synthesis.json').write_text(
        '{"layout": "k2hpd", "seed": 0, "counts": {"train": 24, "test": 8}}'
    )
    return k2hpd_root


@pytest.fixture
def folder(tmp_path, data, variants, mmpose_scope):
    """A study of two variants and two seeds; three runs are finished."""
    folder = StudyFolder(tmp_path / 'study')
    settings = chosen_settings('toy', dict(train_frames=24, test_frames=8))
    found = find_variants(variants)
    runs = [Run(name, 100, seed) for seed in (0, 1) for name in found]
    folder.begin(Study(settings, str(data), found, ['run.py']), runs)
    for run in (runs[0], runs[1], runs[3]):
        cfg = run_config(found[run.variant], settings, run, data, 'work')
        place = folder.run_dir(run)
        place.mkdir(parents=True)
        torch.manual_seed(run.seed)
        model = build_pose_estimator(cfg.model)
        torch.save(dict(state_dict=model.state_dict()), place / 'weights.pth')
        save_config(cfg, place / 'config.py')
        folder.runs.put(dict(asdict(run), state='finished'))
    return folder


@pytest.fixture
def cfg(folder):
    return Config.fromfile(folder.run_dir(CMB) / 'config.py')


CMB = Run('cmb', 100, 0)


def load(cfg, name, **more):
    """Inputs [N, 1, H, W], samples and data set under a condition."""
    dataset = DATASETS.build(dict(disturbed(cfg.test_dataloader.dataset, name), **more))
    packed = list(dataset)
    return (
        torch.stack([p['inputs'] for p in packed]),
        [p['data_samples'] for p in packed],
        dataset,
    )


def test_clean_crops_are_those_of_the_test(cfg):
    inputs, samples, _ = load(cfg, 'clean')
    dataset = DATASETS.build(cfg.test_dataloader.dataset)
    assert len(inputs) == len(dataset) == 8
    for i, packed in enumerate(dataset):
        assert torch.equal(inputs[i], packed['inputs'])
        expected = [(100 + 2 * j, 60 + 5 * j + 24 + i) for j in range(19)]
        assert np.array_equal(samples[i].gt_instances.keypoints[0], expected)


@pytest.mark.parametrize(
    'name',
    [name for name, condition in CONDITIONS.items() if condition.on_frame or condition.on_box],
)
def test_all_networks_see_the_same(cfg, name):
    """Whatever was drawn before, and whichever frames are there."""
    first, samples, _ = load(cfg, name)
    np.random.rand(3)
    assert torch.equal(first, load(cfg, name)[0])
    assert torch.equal(first[6:], load(cfg, name, indices=[6, 7])[0])
    clean, untouched, _ = load(cfg, 'clean')
    assert not torch.equal(first, clean)
    for ours, theirs in zip(samples, untouched):
        assert np.array_equal(ours.gt_instances.keypoints, theirs.gt_instances.keypoints)


def test_frames_are_disturbed_each_in_its_way(cfg):
    """These frames are alike, so only what is drawn can differ."""
    shifts = set()
    for i, sample in enumerate(load(cfg, 'shifted')[1]):
        center = np.array([118.0, 105.0 + 24 + i])
        moved = (sample.input_center - center) / BOX_SIZE
        assert np.abs(moved) == pytest.approx(0.2, abs=1e-6)
        shifts.add(tuple(moved > 0))
    assert len(shifts) > 1


@pytest.mark.parametrize('name, factor, turned', [('small', 1.5, 0), ('rotated', 1.0, 60)])
def test_what_crops_show(cfg, name, factor, turned):
    """The person's pixels, worked out without MMPose."""
    inputs, samples, _ = load(cfg, name)
    side = factor * max(BOX_SIZE)
    y, x = np.indices((32, 32))
    for i, sample in enumerate(samples):
        degrees = CONDITIONS[name].on_box(region(), randomness(name, sample.img_id)).degrees
        assert abs(degrees) == turned
        angle = np.deg2rad(degrees)
        # From the crop's middle, in pixels of the frame, and turned back.
        u, v = (x / 31 - 0.5) * side, (y / 31 - 0.5) * side
        column = np.cos(angle) * u + np.sin(angle) * v + 118
        row = -np.sin(angle) * u + np.cos(angle) * v + 105 + 24 + i
        left, top, right, bottom = BLOCK
        person = (
            (column >= left - 0.5)
            & (column < right - 0.5)
            & (row >= top - 0.5)
            & (row < bottom - 0.5)
        )
        assert (person == (inputs[i, 0].numpy() == 0)).mean() > 0.99


@pytest.mark.parametrize('name', ['clean', 'shifted', 'small', 'rotated'])
def test_predictions_are_pixels_of_the_frame(cfg, name, monkeypatch):
    """Somebody finds every joint, and says so as MMPose's estimators do."""

    def test_step(batch):
        for sample in batch['data_samples']:
            scale, degrees = sample.input_scale, 0.0
            if CONDITIONS[name].on_box:
                degrees = (
                    CONDITIONS[name].on_box(region(), randomness(name, sample.img_id)).degrees
                )
            matrix = get_udp_warp_matrix(sample.input_center, scale, degrees, (32, 32))
            truth = sample.gt_instances.keypoints[0]
            in_crop = truth @ matrix[:, :2].T + matrix[:, 2]
            found = in_crop / 31 * scale + sample.input_center - scale / 2
            sample.pred_instances = InstanceData(keypoints=found[None])
        return batch['data_samples']

    monkeypatch.setattr('robustness_study.tester.BATCH_SIZE', 3)
    dataset = load(cfg, name)[2]
    found, true = predict(SimpleNamespace(test_step=test_step), dataset, name)
    assert found.shape == (8, 19, 2)
    assert found == pytest.approx(true, abs=1e-3)


def test_the_network_is_that_of_the_run_without_flip_test(folder, cfg):
    place = folder.run_dir(CMB) / 'weights.pth'
    # As the configs of earlier studies have it.
    cfg.model.test_cfg.flip_test = True
    dataset = load(cfg, 'clean')[2]
    found = predict(load_network(cfg, place, 'clean'), dataset, 'clean')[0]

    cfg.model.test_cfg.flip_test = False
    model = build_pose_estimator(cfg.model).eval()
    model.load_state_dict(torch.load(place)['state_dict'])
    with torch.no_grad():
        samples = model.test_step(pseudo_collate(list(dataset)))
    expected = [s.pred_instances.keypoints[0] for s in samples]
    assert found == pytest.approx(np.array(expected), abs=0.05)


def test_memories_are_changed(folder, cfg):
    memory = torch.rand(3, 4, 5)
    for channel, flat in zip(memory, flatten(memory)):
        torch.testing.assert_close(flat, channel.mean().expand(4, 5))
    # The network that is tested is the changed one.
    crop, heatmaps = torch.rand(1, 1, 32, 32), []
    for name in ('clean', 'memory_flat', 'memory_zero'):
        model = load_network(cfg, folder.run_dir(CMB) / 'weights.pth', name)
        with torch.no_grad():
            heatmaps.append(model.head(model.backbone(crop)))
    for one, other in ((0, 1), (0, 2), (1, 2)):
        assert not torch.allclose(heatmaps[one], heatmaps[other])


def test_a_pipeline_that_cannot_be_changed(cfg):
    dataset = cfg.test_dataloader.dataset
    dataset.pipeline = [dataset.pipeline[0], dataset.pipeline[-1]]
    with pytest.raises(ValueError, match='GetBBoxCenterScale'):
        disturbed(dataset, 'clean')


def test_the_tables_arithmetic(folder):
    """PCKh@0.5 by variant and condition, seeds 0, 1, 2."""
    made_up = dict(
        without_cmb=dict(clean=(70.0, 72.0, 74.0), rotated=(40.0, 42.0, 41.0)),
        cmb=dict(clean=(75.0, 75.0, 75.0), rotated=(41.0, 40.0, 42.0)),
        with_convs=dict(clean=(71.0, 73.0)),
    )
    folder.robustness.put(
        *(
            {**asdict(Run(variant, 25, seed)), 'condition': name, 'PCKh@0.5': v}
            for variant, conditions in made_up.items()
            for name, values in conditions.items()
            for seed, v in enumerate(values)
        )
    )
    rows = folder.robustness.read()
    (section,) = robustness_sections(rows)
    # Differences of the clean frames: 5, 3, 1; rotated: 1, -2, 1.
    assert [list(section.table), *section.table.to_numpy().tolist()] == [
        ['condition', 'w/o CMB', 'w/ Convs', 'CMB', 'w/ Convs - w/o CMB', 'CMB - w/o CMB'],
        [
            'clean',
            '72.0 ± 2.0 (3)',
            '72.0 ± 1.4 (2)',
            '75.0 ± 0.0 (3)',
            '+1.0 ± 0.0 (2)',
            '+3.0 ± 2.0 (3)',
        ],
        ['rotated', '41.0 ± 1.0 (3)', '-', '41.0 ± 1.0 (3)', '-', '+0.0 ± 1.7 (3)'],
    ]
    (alone,) = robustness_sections(rows[rows['variant'] == 'cmb'])
    assert list(alone.table) == ['condition', 'CMB']


def test_from_runs_to_tables(folder, run_command, monkeypatch):
    monkeypatch.setitem(
        CONDITIONS, 'other_camera', CONDITIONS['other_camera']._replace(other_frames=4)
    )
    command = (robustness.main, '--out', folder.root)
    status, said = run_command(*command, '--seeds', 0, '--conditions', 'clean', 'rotated')
    assert status == 0, said
    assert '4 tests, 0 of them done before' in said
    assert 'left out, has no weights.pth or learns from motions: without_cmb/100_seed1' in said
    first = folder.robustness.read()

    # The rest; what is known already is not tested again.
    status, said = run_command(*command)
    assert status == 0, said
    tests = 3 * len(CONDITIONS)
    assert f'{tests} tests, 4 of them done before' in said
    rows = folder.robustness.read()
    assert len(rows) == tests and len(rows.merge(first)) == 4
    assert rows['PDJ/average/Wrists'].between(0, 100).all()
    assert ((rows['frames'] == 4) == (rows['condition'] == 'other_camera')).all()
    page = (folder.root / 'robustness.md').read_text()
    assert page in said and 'Robustness, 100 % of the frames' in page
    assert [line.split('|')[1].strip() for line in page.splitlines() if line.startswith('|')][
        2:
    ] == [*CONDITIONS]
    made = (folder.root / 'other_camera' / 'synthesis.json').read_text()
    assert '"time_of_flight"' in made and '"width": 320' in made

    # A run that was trained anew is tested anew, and no other. Its older
    # figures are not shown any more.
    weights = folder.run_dir(CMB) / 'weights.pth'
    state = torch.load(weights)
    state['state_dict']['head.final_layer.bias'] += 1
    torch.save(state, weights)
    status, said = run_command(*command, '--conditions', 'clean')
    assert '3 tests, 2 of them done before' in said
    assert len(folder.robustness.read()) == 2 * len(CONDITIONS) + 1
    monkeypatch.setitem(CONDITIONS, 'clean', CONDITIONS['clean']._replace(meaning='wider'))
    assert '0 of them done' in run_command(*command, '--conditions', 'clean')[1]


def test_figures_are_those_of_the_predictions(folder, run_command, monkeypatch):
    """Six of 19 joints 2 head lengths beside their places, in any turn."""

    def some_off(model, dataset, name):
        true = np.stack([p['data_samples'].gt_instances.keypoints[0] for p in dataset])
        found = true.copy()
        found[:, :6, 0] += 2 * np.hypot(2, 5)
        return np.stack([found, true])

    monkeypatch.setattr('robustness_study.tester.predict', some_off)
    run_command(robustness.main, '--out', folder.root, '--conditions', 'rotated')
    rows = folder.robustness.read()
    assert len(rows) == 3
    assert rows['PCKh@0.5'].to_numpy() == pytest.approx(1300 / 19)


def test_mistakes_are_one_message(folder, run_command, tmp_path):
    out = ('--out', folder.root)
    cases = [
        (('--out', tmp_path / 'none'), 'there is no study in'),
        ((*out, '--variants', 'other'), 'has no run of this choice'),
        ((*out, '--seeds', 7), 'has no run of this choice'),
        ((*out, '--device', 'nonsense'), "nonsense' cannot be used"),
        ((*out, '--data', tmp_path / 'none'), 'name their folder with --data'),
    ]
    for arguments, message in cases:
        status, said = run_command(robustness.main, *arguments)
        assert status == 2 and 'error: ' in said and message in said, said
    assert not folder.robustness.path.exists()
