import cv2
import numpy as np
import pytest

from mmpose_cmb.camera import project
from mmpose_cmb.formats.k2hpd import K2HPD_JOINTS
from mmpose_cmb.formats.room_joints import JOINT_SETS, ROOM_JOINTS
from mmpose_cmb.synthesis import ITOP_JOINTS, Recipe, generate_dataset
from mmpose_cmb.synthesis.body import load_body_model
from mmpose_cmb.synthesis.ceiling_scene import make_ceiling_frame
from mmpose_cmb.synthesis.itop_label_places import _bend_side, itop_label_joints
from mmpose_cmb.synthesis.joints import itop_joints, k2hpd_joints
from mmpose_cmb.synthesis.parts import write_part
from mmpose_cmb.synthesis.person_things import _skirt, equipped
from mmpose_cmb.synthesis.room_frame import observe
from mmpose_cmb.synthesis.room_people import make_room_person, moved
from mmpose_cmb.synthesis.room_scene import CAMERAS, MOST_PEOPLE, _room_scene, make_room_frame
from mmpose_cmb.synthesis.rotation import about_z

ITOP = JOINT_SETS['itop']
UPRIGHT = {
    side + name: angle
    for side in ('left_', 'right_')
    for name, angle in (('arm_raise', 10.0), ('arm_plane', 90.0))
}


@pytest.fixture(scope='module')
def frames():
    return [make_room_frame(5, index) for index in range(16)]


@pytest.fixture(scope='module')
def from_above():
    return [make_ceiling_frame(5, index) for index in range(16)]


def named(joints):
    return dict(zip(ITOP_JOINTS, joints))


def test_labels_lie_before_the_bones_and_alike_on_both_sides():
    body = load_body_model().pose({}, {})
    bones, labels = named(itop_joints(body)), named(itop_label_joints(body))
    cm = np.linalg.norm(bones['left_shoulder'] - bones['right_shoulder']) / 36
    # The body faces -y.
    for name, ahead in (('neck', 4), ('left_shoulder', 5), ('left_hip', 2.5)):
        assert labels[name][1] - bones[name][1] == pytest.approx(-ahead * cm, abs=0.004)
    assert labels['left_shoulder'][0] - labels['right_shoulder'][0] == pytest.approx(
        bones['left_shoulder'][0] - bones['right_shoulder'][0] - 4 * cm, abs=0.004
    )
    assert labels['torso'][2] - bones['torso'][2] == pytest.approx(3 * cm, abs=0.004)
    np.testing.assert_array_equal(labels['head'], bones['head'])
    for name in ('shoulder', 'elbow', 'hand', 'hip', 'knee', 'foot'):
        np.testing.assert_allclose(
            labels[f'left_{name}'], labels[f'right_{name}'] * (-1, 1, 1), atol=3e-3
        )


def test_limbs_are_as_long_as_those_of_itops_labels():
    """Shares of the trunk (neck to torso to hip), medians of 4,863 labels of ITOP.

    Its thighs have 0.95; ours, not moved along the limb, 0.93.
    """
    rng = np.random.default_rng(3)
    people = [make_room_person(rng, 'upright').person.body for _ in range(60)]
    joints = {n: np.stack([named(itop_label_joints(p))[n] for p in people]) for n in ITOP_JOINTS}

    def lengths(start, end):
        return np.linalg.norm(joints[start] - joints[end], axis=1)

    trunk = lengths('neck', 'torso') + lengths('torso', 'right_hip')
    for start, end, share in (
        ('right_shoulder', 'left_shoulder', 0.67),
        ('right_shoulder', 'right_elbow', 0.61),
        ('left_elbow', 'left_hand', 0.62),
        ('right_hip', 'right_knee', 0.93),
        ('left_knee', 'left_foot', 0.92),
        ('neck', 'torso', 0.48),
    ):
        assert np.median(lengths(start, end) / trunk) == pytest.approx(share, abs=0.045), (
            start,
            end,
        )


def test_labels_turn_with_the_body():
    model, turn = load_body_model(), about_z(1.2)
    still = model.pose({}, {})
    turned = model.pose({}, dict(root=turn))
    origin = still.bones['root']
    np.testing.assert_allclose(
        itop_label_joints(turned) - origin, (itop_label_joints(still) - origin) @ turn.T, atol=1e-5
    )


@pytest.mark.parametrize('sign, inside', [(-1, (-1, 0, 1)), (1, (1, 0, -1))])
def test_a_bent_limb_says_where_its_inside_is(sign, inside):
    towards = _bend_side(
        np.zeros(3), np.array((0.3, 0, 0)), np.array((0.3, 0, 0.3)), sign, np.array((0, -1.0, 0))
    )
    assert towards @ inside / np.sqrt(2) > 0.85
    straight = _bend_side(
        np.zeros(3), np.array((0, 0, -0.3)), np.array((0, 0, -0.6)), sign, np.array((0, -1.0, 0))
    )
    np.testing.assert_allclose(straight / np.linalg.norm(straight), (0, -1, 0), atol=1e-9)
    assert 0.7 < np.linalg.norm(straight) < 1


def test_rooms_of_a_stereo_camera(frames, tmp_path):
    stereo = make_room_frame(5, 1, sensor='active_stereo')
    assert stereo.depth_m.shape == (240, 424) and stereo.intrinsics.fx == 211
    # The same seed: nobody else's frames have changed.
    np.testing.assert_array_equal(make_room_frame(5, 1).depth_m, frames[1].depth_m)
    recipe = Recipe(5, layout='rooms', views=('top',), sensor='active_stereo')
    with pytest.raises(ValueError, match='seen from above'):
        generate_dataset(tmp_path / 'set', dict(train=1, test=0), recipe)


def test_people_in_rooms_stand_sit_and_lie_on_the_floor():
    rng = np.random.default_rng(0)
    heights = {}
    for _ in range(60):
        person, posture = make_room_person(rng)
        assert person.low[2] == pytest.approx(0, abs=1e-6)
        np.testing.assert_allclose((person.low + person.high)[:2], 0, atol=1e-6)
        joints = itop_joints(person.body) + person.rise
        assert (joints > person.low - 0.03).all()
        assert (joints < person.high + 0.03).all()
        heights.setdefault(posture, []).append(person.high[2])
    assert len(heights) >= 7
    assert max(heights['lying']) < 1.1 < min(heights['working'])
    assert max(heights['on_all_fours']) < 1.3


def test_moving_a_person_moves_mesh_and_joints_alike():
    person, _ = make_room_person(np.random.default_rng(1))
    shift = np.array((0.3, -1.0, 0.2))
    there = moved(person, shift)
    np.testing.assert_allclose(there.low - person.low, shift)
    np.testing.assert_allclose(there.rise - person.rise, shift)


def test_frames_are_the_same_again_and_differ_between_seeds(frames):
    again, other = make_room_frame(5, 3), make_room_frame(6, 3)
    np.testing.assert_array_equal(again.depth_m, frames[3].depth_m)
    np.testing.assert_array_equal(again.boxes, frames[3].boxes)
    assert not np.array_equal(other.depth_m, again.depth_m)


def check_labels(frames):
    """Labels agree with camera and depth; median of how deep joints lie."""
    beneath_m = []
    for frame in frames:
        assert frame.depth_m.shape == (frame.intrinsics.height, frame.intrinsics.width)
        assert len(frame.boxes) <= MOST_PEOPLE
        np.testing.assert_allclose(
            project(frame.keypoints_cam_m, frame.intrinsics), frame.keypoints_uv
        )
        for uv, cam, seen, box, labelled in zip(
            frame.keypoints_uv, frame.keypoints_cam_m, frame.visible, frame.boxes, frame.labelled
        ):
            if not labelled:
                continue
            # Kinect's have no say in who is labelled, and none in the box.
            uv, cam, seen = uv[ITOP], cam[ITOP], seen[ITOP]
            assert seen.sum() >= 5
            assert (uv[seen] > box[:2]).all() and (uv[seen] < box[2:]).all()
            u, v = np.rint(uv[seen]).astype(int).T
            surface = frame.depth_m[v, u]
            beneath_m.append((cam[seen, 2] - surface)[surface > 0])
    beneath_m = np.concatenate(beneath_m)
    assert (beneath_m < 0.3).mean() > 0.95
    return np.median(beneath_m)


def test_labels_of_rooms_agree_with_camera_and_depth(frames):
    assert len({frame.intrinsics for frame in frames}) > 1
    assert {frame.intrinsics for frame in frames} <= {camera for _, camera, _ in CAMERAS}
    assert 0.01 < check_labels(frames) < 0.12


@pytest.mark.parametrize('seed', range(3))
def test_kinects_joints_are_those_of_the_bodies(seed):
    """Beside the camera's formula: of each person in view, in the scene's order."""
    scene = _room_scene(np.random.default_rng(seed))
    frame = observe(np.random.default_rng(0), scene, 'cpu')
    fx, fy, cx, cy = scene.intrinsics[:4]
    found, rows = [], ROOM_JOINTS.index('head_kinect')
    for person in scene.people:
        world = k2hpd_joints(person.body) + person.rise
        x, y, z = scene.camera.rotation @ (world - scene.camera.position).T
        uv = np.stack([fx * x / z + cx, fy * y / z + cy], axis=1)
        found += [
            i
            for i, there in enumerate(frame.keypoints_cam_m[:, rows:])
            if np.allclose(there, np.stack([x, y, z], axis=1), atol=1e-9)
            and np.allclose(frame.keypoints_uv[i, rows:], uv, atol=1e-6)
        ]
    assert found == list(range(len(frame.boxes))) and found
    assert [name.removesuffix('_kinect') for name in ROOM_JOINTS[rows:]] == list(K2HPD_JOINTS)


def test_kinects_joints_lie_near_itops_of_the_same_name(frames, from_above):
    """And left is left: within a hand's breadth but for the trunk."""
    joints = np.concatenate([frame.keypoints_cam_m for frame in (*frames, *from_above)])
    for name in ('head', 'left_hand', 'right_foot', 'left_knee', 'right_elbow', 'left_shoulder'):
        itop, kinect = ROOM_JOINTS.index(name), ROOM_JOINTS.index(f'{name}_kinect')
        off_m = np.linalg.norm(joints[:, itop] - joints[:, kinect], axis=1)
        assert off_m.max() < 0.13, name
        assert name == 'head' or off_m.min() > 0.005, name


def test_folders_of_fewer_joints_are_not_gone_on_with(tmp_path):
    recipe = Recipe(5, layout='rooms')
    generate_dataset(tmp_path, dict(train=1), recipe, progress=False)
    (part,) = (tmp_path / '.parts').glob('*.npz')
    content = dict(np.load(part))
    write_part(part, content.pop('ids'), [
        {name: array[0][:, :15] if name in ('keypoints_uv', 'keypoints_cam_m', 'visible')
         else array[0] for name, array in content.items()}])  # yapf: disable
    with pytest.raises(ValueError, match='begun with 15 joints.*have 34.*Choose a new folder'):
        generate_dataset(tmp_path, dict(train=2), recipe, progress=False)
    # A damaged one is made anew, as ever.
    part.write_bytes(b'nothing')
    assert generate_dataset(tmp_path, dict(train=1), recipe, progress=False)


def test_rooms_hold_nobody_to_several_people():
    rng = np.random.default_rng(8)
    numbers = [len(_room_scene(rng).people) for _ in range(60)]
    assert min(numbers) == 0 and max(numbers) >= 3
    assert 1 <= np.median(numbers) <= 2


def test_from_above_heads_are_near_and_legs_are_far(from_above):
    assert 0.01 < check_labels(from_above) < 0.15
    joints = np.concatenate([frame.keypoints_cam_m[frame.labelled] for frame in from_above])
    head, foot = ITOP_JOINTS.index('head'), ITOP_JOINTS.index('left_foot')
    # Of ITOP's people, who all stand, heads are 1.04 m from the camera.
    assert np.median(joints[:, head, 2]) == pytest.approx(1.04, abs=0.25)
    assert np.median(joints[:, foot, 2]) > 2.3


def test_who_is_hardly_seen_is_no_sample_but_no_background():
    frames = [make_room_frame(5, index) for index in range(16, 40)]
    hidden = [
        box
        for frame in frames
        for box, labelled, seen in zip(frame.boxes, frame.labelled, frame.visible)
        if not labelled
    ]
    assert hidden
    assert all((box[2:] > box[:2]).all() for box in hidden)


def test_things_hang_on_the_person_and_end_above_the_floor():
    rng = np.random.default_rng(3)
    person, _ = make_room_person(rng, 'working', 20.0)
    vertices, _ = _skirt(rng, person)
    hips = person.body.bones['root'] + person.rise
    assert np.abs(vertices[:, :2].mean(axis=0) - hips[:2]).max() < 0.35
    assert vertices[:, 2].min() > -0.05 and vertices[:, 2].max() < hips[2] + 0.25
    for _ in range(40):
        dressed = equipped(rng, person, True)
        assert len(dressed.hairy) == len(dressed.mesh[1])
        assert len(dressed.mesh[1]) >= len(person.mesh[1])
        assert dressed.mesh[1].max() == len(dressed.mesh[0]) - 1


def test_a_data_set_of_rooms_is_read_as_it_was_made(tmp_path, frames):
    from mmpose_cmb.formats.depth_coco import read_depth_coco

    assert generate_dataset(tmp_path, dict(train=2), Recipe(5, layout='rooms'), progress=False)
    content = read_depth_coco(str(tmp_path / 'train.json'), ROOM_JOINTS)
    assert len(content.images) == 2
    people = [a for a in content.annotations if a['image_id'] == 1]
    assert len(people) == len(frames[1].boxes)
    triples = np.reshape(people[0]['keypoints'], (34, 3))
    np.testing.assert_allclose(triples[:, :2], frames[1].keypoints_uv[0], atol=1e-3)
    np.testing.assert_array_equal(triples[:, 2] == 2, frames[1].visible[0])
    np.testing.assert_allclose(
        np.reshape(people[0]['keypoints_cam'], (34, 3)), frames[1].keypoints_cam_m[0], atol=1e-4
    )
    image = content.images[1]
    assert image['intrinsics'] == pytest.approx(frames[1].intrinsics[:4])
    depth = cv2.imread(str(tmp_path / 'depth' / image['file_name']), cv2.IMREAD_UNCHANGED)
    np.testing.assert_allclose(depth / 1000, frames[1].depth_m, atol=6e-4)
