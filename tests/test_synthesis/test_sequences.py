"""Motions: smooth, of one person in one room, and the same bytes always."""

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest

from mmpose_cmb.analysis import synthetic_body_mask
from mmpose_cmb.camera import Camera
from mmpose_cmb.formats.k2hpd import parse_k2hpd_annotations
from mmpose_cmb.synthesis import Recipe, generate_dataset, make_sample
from mmpose_cmb.synthesis import generate as generate_module
from mmpose_cmb.synthesis.joints import k2hpd_joints
from mmpose_cmb.synthesis.motion import between_poses, minimum_jerk, sample_motion
from mmpose_cmb.synthesis.pose import JOINT_LIMITS_DEG, clip_to_limits
from mmpose_cmb.synthesis.sequence_sample import make_scene, make_sequence_sample

CAMERA = Camera(50.0, 50.0, 31.5, 23.5, 64, 48)
COUNTS = dict(train=7, test=4)
RECIPE = Recipe(1, CAMERA, sequence_length=3)
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


def motions(number, length=40, **kwargs):
    return [sample_motion(np.random.default_rng(i), length, **kwargs) for i in range(number)]


def turn(a, b):
    return abs((b - a + 180) % 360 - 180)


# --- angles ---


def test_angles_go_at_a_bounded_speed_within_their_limits():
    # 150 degrees a second at most on average, 1.875 times that at the peak.
    most = 150 / 30 * 1.875 + 1e-6
    for motion in motions(30):
        assert len(motion.poses) == 40
        for a, b in zip(motion.poses, motion.poses[1:]):
            assert turn(a['pelvis_yaw'], b['pelvis_yaw']) <= most
            # What a limb can reach may clip how far it is raised.
            assert all(
                abs(a[name] - b[name]) <= most
                for name in a
                if name != 'pelvis_yaw' and 'raise' not in name
            )
        for pose in motion.poses:
            assert clip_to_limits(pose) == pytest.approx(pose)
            assert set(pose) == set(JOINT_LIMITS_DEG)


def test_motions_move_and_start_in_different_places():
    moved = [max(turn(m.poses[0][n], m.poses[-1][n]) for n in m.poses[0]) for m in motions(20)]
    assert np.median(moved) > 30


def test_who_sits_stays_seated():
    seated = [m for m in motions(60, length=30) if m.sits]
    assert seated
    for motion in seated:
        for name in ('left_knee', 'right_thigh_raise', 'pelvis_tilt', 'pelvis_yaw'):
            angles = [pose[name] for pose in motion.poses]
            assert np.ptp(angles) < 1e-9
        assert np.ptp([pose['left_elbow'] for pose in motion.poses]) > 1


def test_implausible_ways_let_the_arms_rest():
    first = []

    def nothing_but_the_first(angles):
        first.append(angles)
        return len(first) == 1

    motion = sample_motion(np.random.default_rng(0), 20, nothing_but_the_first)
    assert np.ptp([pose['left_elbow'] for pose in motion.poses]) == 0
    assert np.ptp([pose['neck_twist'] for pose in motion.poses]) > 0


def test_between_poses():
    first = dict.fromkeys(JOINT_LIMITS_DEG, 0.0)
    second = dict(first, left_elbow=100.0, pelvis_yaw=-170.0)
    first = dict(first, pelvis_yaw=170.0)
    half = between_poses(first, second, 0.5)
    assert half['left_elbow'] == 50
    assert abs(half['pelvis_yaw']) == 180  # The short way round.
    assert between_poses(first, second, 0) == first


def test_minimum_jerk_rests_at_both_ends():
    time = np.linspace(0, 1, 1001)
    progress = np.array([minimum_jerk(t) for t in time])
    speed = np.gradient(progress, time)
    force = np.gradient(speed, time)
    assert progress[0] == 0 and progress[-1] == pytest.approx(1)
    assert speed[[0, -1]] == pytest.approx(0, abs=1e-4)
    assert force[[1, -2]] == pytest.approx(0, abs=0.1)
    assert speed.max() == pytest.approx(1.875, rel=1e-4)


# --- frames ---


def test_joints_move_smoothly():
    """At most 0.2 m a frame: a hand at 6 m/s."""
    fastest = []
    for first in range(0, 60, 10):
        scene = make_scene(0, first, 10, CAMERA)
        joints_m = np.stack([k2hpd_joints(p.body) + p.rise for p in scene.persons])
        steps_m = np.linalg.norm(np.diff(joints_m, axis=0), axis=2)
        assert steps_m.max() < 0.2
        changes_m = np.linalg.norm(np.diff(joints_m, 2, axis=0), axis=2)
        assert changes_m.max() < 0.05
        fastest.append(steps_m.max())
        for person in scene.persons:
            assert person.low[2] == pytest.approx(0, abs=1e-9)
    assert max(fastest) > 0.02


def test_frames_of_a_sequence_share_person_room_and_sensor():
    drawn = [make_sequence_sample(0, i, 2, CAMERA).sensor for i in range(16)]
    assert drawn[::2] == drawn[1::2]
    assert len(set(drawn)) == 2
    samples = [make_sequence_sample(0, i, 4, CAMERA, 'time_of_flight') for i in range(5)]
    away = ~np.any([s.body_mask for s in samples[:4]], axis=0)
    valid = away & np.all([s.depth_m > 0 for s in samples[:4]], axis=0)
    assert valid.sum() > 100
    # The room stands still, but for each frame's own noise.
    apart_m = [np.median(np.abs(s.depth_m - samples[0].depth_m)[valid]) for s in samples]
    assert 0 < max(apart_m[1:4]) < 0.2 * apart_m[4]
    lengths = [np.linalg.norm(s.keypoints_cam_m[10] - s.keypoints_cam_m[11]) for s in samples[:4]]
    assert np.ptp(lengths) < 0.003  # The shank of one person, metres.


def test_a_frame_depends_on_seed_length_and_index_alone():
    forward = [make_sequence_sample(3, i, 3, CAMERA) for i in range(5)]
    make_scene.cache_clear()
    for i in (4, 1, 3, 0, 2):
        again = make_sequence_sample(3, i, 3, CAMERA)
        assert all(np.array_equal(a, b) for a, b in zip(again, forward[i]))


def test_test_frames_begin_a_sequence_whatever_the_length():
    first = make_scene(0, 50_000_000, 7, CAMERA).persons[0]
    make_scene.cache_clear()
    sample = make_sequence_sample(0, 50_000_000, 7, CAMERA)
    assert sample.body_mask.any()
    again = make_scene(0, 50_000_000, 7, CAMERA).persons[0]
    assert np.array_equal(first.mesh[0], again.mesh[0])


@pytest.mark.parametrize(
    'arguments, message',
    [((0, 0, 0, CAMERA), 'at least one frame, got 0'), ((0, -1, 3, CAMERA), 'index -1')],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        make_sequence_sample(*arguments)


# --- data sets ---


@pytest.fixture(scope='module')
def reference(tmp_path_factory):
    root = tmp_path_factory.mktemp('reference') / 'data'
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(generate_module, 'BLOCK_SIZE', 2)
        assert make(root)
    return contents(root)


def test_the_data_set_tells_its_sequence_length(reference):
    told = json.loads(reference['synthesis.json'])
    assert told['sequence_length'] == 3
    records = parse_k2hpd_annotations(reference['train_annos.txt'])
    steps_px = np.abs(np.diff(records.keypoints, axis=0)).mean(axis=(1, 2))
    inside, across = steps_px[[0, 1, 3, 4]], steps_px[[2, 5]]
    assert inside.max() < across.min()


def test_still_frames_are_not_those_of_motions(reference, tmp_path):
    make(tmp_path / 'still', recipe=Recipe(1, CAMERA))
    still = contents(tmp_path / 'still')
    assert 'sequence_length' not in json.loads(still['synthesis.json'])
    assert set(still) == set(reference)
    assert still['train_annos.txt'] != reference['train_annos.txt']


def test_shards_do_not_change_a_byte(reference, tmp_path):
    root = tmp_path / 'data'
    assert not make(root, shard=(2, 3))
    assert not make(root, shard=(3, 3))
    assert make(root, shard=(1, 3))
    assert contents(root) == reference


def test_more_frames_later_leave_the_first_as_they_are(reference, tmp_path):
    root = tmp_path / 'data'
    assert make(root, dict(train=4, test=1))
    assert make(root)
    assert contents(root) == reference


@pytest.mark.parametrize(
    'before, after, message',
    [
        (RECIPE, Recipe(1, CAMERA), 'sequence_length was 3, is None'),
        (Recipe(1, CAMERA), RECIPE, 'sequence_length was None, is 3'),
    ],
)
def test_motions_and_still_frames_do_not_mix(tmp_path, before, after, message):
    make(tmp_path, dict(train=1, test=0), before)
    with pytest.raises(ValueError, match=message):
        make(tmp_path, dict(train=1, test=0), after)


@pytest.mark.parametrize(
    'recipe, message',
    [
        (Recipe(0, CAMERA, sequence_length=0), 'at least one frame, got 0'),
        (
            Recipe(0, layout='itop', sequence_length=3),
            'sequence_length: without meaning in the layout itop',
        ),
    ],
)
def test_recipes_that_do_not_fit(tmp_path, recipe, message):
    with pytest.raises(ValueError, match=message):
        make(tmp_path / 'data', recipe=recipe)


def test_the_silhouette_of_a_frame_is_made_again(tmp_path):
    make(tmp_path)
    path = tmp_path / 'depth_data' / 'depth_images' / '00000004.png'
    expected = make_sequence_sample(1, 4, 3, CAMERA).body_mask
    assert np.array_equal(synthetic_body_mask(str(path)), expected)
    assert not np.array_equal(expected, make_sample(1, 4, CAMERA).body_mask)


def test_tool(tmp_path):
    spec = importlib.util.spec_from_file_location('synthesize', TOOL)
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    tool.main(
        [
            '--out-dir',
            str(tmp_path),
            '--train',
            '2',
            '--test',
            '0',
            '--width',
            '64',
            '--height',
            '48',
            '--fov-deg',
            '60',
            '--sequence-length',
            '2',
        ]
    )
    told = json.loads((tmp_path / 'synthesis.json').read_text())
    assert told['sequence_length'] == 2
