"""Files of all joints of rooms, of which a data set keeps those of one set of labels."""

import json

import cv2
import numpy as np
import pytest
from mmengine.config import Config

from mmpose.registry import DATASETS
from mmpose_cmb.camera import Camera, project
from mmpose_cmb.datasets import DepthCocoDataset, RoomsDataset
from mmpose_cmb.datasets.dataset_info import parse_depth_metainfo
from mmpose_cmb.formats.depth_coco import coco_annotation, coco_image, write_depth_coco
from mmpose_cmb.formats.itop import ITOP_JOINTS
from mmpose_cmb.formats.k2hpd import K2HPD_BONES, K2HPD_JOINTS
from mmpose_cmb.formats.room_joints import JOINT_SETS, ROOM_JOINTS, keep_joints, where_in_rooms
from mmpose_cmb.paths import config_path

CAMERA = Camera(100.0, 110.0, 40.0, 30.0, 80, 60)
SETS = {'itop': ITOP_JOINTS, 'k2hpd': K2HPD_JOINTS, 'rooms': ROOM_JOINTS}


def metainfo(name):
    return dict(from_file=config_path(f'_base_/datasets/{name}.py'))


@pytest.fixture
def people():
    """Joints in space and visibilities of two people; each number is another."""
    rng = np.random.default_rng(0)
    return rng.uniform((-0.3, -0.3, 1.8), (0.3, 0.3, 2.2), (2, 34, 3)), rng.integers(1, 3, (2, 34))


def write(root, people, name='rooms', **changes):
    """A file with two images, the second of nobody who is sure."""
    joints, flags = people
    (root / 'depth').mkdir(exist_ok=True)
    for index in (0, 1):
        cv2.imwrite(str(root / 'depth' / f'{index}.png'), np.full((60, 80), 2000, 'u2'))
    annotations = [
        coco_annotation(
            i + 1, i, project(cam, CAMERA), seen, (20, 10, 60, 50), cam, iscrowd=i == 1
        )
        for i, (cam, seen) in enumerate(zip(joints, flags))
    ]
    write_depth_coco(
        str(root / 'train.json'),
        [coco_image(i, f'{i}.png', 80, 60, intrinsics=list(CAMERA[:4])) for i in (0, 1)],
        annotations,
        parse_depth_metainfo(metainfo(name)),
        depth_unit_m=0.001,
    )
    return dict(
        ann_file='train.json', data_root=str(root), data_prefix=dict(img='depth/'), **changes
    )


def test_registered_with_mmpose():
    assert DATASETS.get('RoomsDataset') is RoomsDataset


@pytest.mark.parametrize(
    'name, first, last', [('itop', 0, 15), ('k2hpd', 15, 34), ('rooms', 0, 34)]
)
def test_joints_of_a_set(name, first, last, tmp_path, people):
    dataset = RoomsDataset(**write(tmp_path, people), metainfo=metainfo(name))
    meta = dataset.metainfo
    assert tuple(meta['keypoint_id2name'].values()) == SETS[name]
    assert meta['num_keypoints'] == last - first
    (info,) = [dataset.get_data_info(i) for i in range(len(dataset))]
    cam, flags = people[0][0, first:last], people[1][0, first:last]
    np.testing.assert_allclose(info['keypoints_cam'][0], cam, atol=1e-4)
    np.testing.assert_allclose(info['keypoints'][0], project(cam, CAMERA), atol=1e-3)
    np.testing.assert_array_equal(info['keypoints_seen'][0], flags == 2)
    assert info['num_keypoints'] == last - first == info['keypoints_visible'].sum()
    np.testing.assert_array_equal(info['bbox'], [[20, 10, 60, 50]])
    assert len(info['raw_ann_info']['keypoints']) == 3 * (last - first)
    assert [len(category['keypoints']) for category in meta['CLASSES']] == [last - first]
    # Each joint's mirror image is of the same set.
    names = list(meta['keypoint_id2name'].values())
    for joint, other in zip(names, meta['flip_indices']):
        swapped = joint.replace('left', '?').replace('right', 'left').replace('?', 'right')
        assert names[other] == swapped


def test_all_joints_are_both_sets():
    """rooms.py says of each joint what itop.py and k2hpd.py say, under other names."""
    whole = parse_depth_metainfo(metainfo('rooms'))
    begin, links = 0, []
    for name in JOINT_SETS:
        part = parse_depth_metainfo(metainfo(name))
        rows = JOINT_SETS[name]
        assert rows.start == begin and rows.stop == begin + part['num_keypoints']
        assert [i - begin for i in whole['flip_indices'][rows]] == part['flip_indices']
        for key in ('sigmas', 'keypoint_colors', 'dataset_keypoint_weights'):
            np.testing.assert_array_equal(whole[key][rows], part[key])
        for i, joint in part['keypoint_id2name'].items():
            assert whole['keypoint_id2name'][begin + i].removesuffix('_kinect') == joint
        links += [(a + begin, b + begin) for a, b in part['skeleton_links']]
        begin = rows.stop
    assert [tuple(link) for link in whole['skeleton_links']] == links
    assert begin == whole['num_keypoints'] == len(ROOM_JOINTS)
    assert len(links) == 14 + len(K2HPD_BONES)


def test_people_of_an_image_and_unsure_ones(tmp_path, people):
    dataset = RoomsDataset(
        **write(tmp_path, people), metainfo=metainfo('k2hpd'), data_mode='bottomup'
    )
    first, second = (dataset.get_data_info(i) for i in (0, 1))
    assert first['keypoints'].shape == (1, 19, 2) and second['keypoints'].shape == (0, 19, 2)
    np.testing.assert_array_equal(second['unsure_bbox'], [[20, 10, 60, 50]])


def test_a_joint_without_a_label_is_not_counted(people):
    joints, flags = people
    flags[0, [3, 16, 20]] = 0
    record = coco_annotation(1, 0, project(joints[0], CAMERA), flags[0], (20, 10, 60, 50))
    assert record['num_keypoints'] == 31
    kept = {name: keep_joints(record, rows) for name, rows in JOINT_SETS.items()}
    assert [kept[name]['num_keypoints'] for name in ('itop', 'k2hpd')] == [14, 17]
    assert kept['itop']['keypoints'] + kept['k2hpd']['keypoints'] == record['keypoints']
    for one in kept.values():
        assert 'keypoints_cam' not in one and one['bbox'] == record['bbox']
        json.dumps(one)


def test_where_joints_lie():
    assert where_in_rooms(ROOM_JOINTS) == slice(0, 34)
    assert ROOM_JOINTS[where_in_rooms(ITOP_JOINTS)] == ITOP_JOINTS
    with pytest.raises(ValueError, match='these 14 joints are not those of synthetic rooms'):
        where_in_rooms(ITOP_JOINTS[:-1])


def test_other_joints_are_refused(tmp_path, people):
    options = write(tmp_path, people)
    with pytest.raises(ValueError, match='these 20 joints are not those of synthetic rooms'):
        RoomsDataset(**options, metainfo=metainfo('astar'))


@pytest.mark.parametrize('name', SETS)
def test_older_rooms_say_what_to_do(name, tmp_path, people):
    """Whatever is wanted of them; the way out that they name is one."""
    options = write(tmp_path, [part[:, :15] for part in people], 'itop')
    with pytest.raises(ValueError) as raised:
        RoomsDataset(**options, metainfo=metainfo(name))
    message = str(raised.value)
    assert message.startswith(f"{tmp_path}/train.json: has ITOP's 15 joints alone")
    assert 'make the frames anew' in message and '\n' not in message
    said = Config.fromstring('dataset = dict(' + message.partition("these by ")[2].replace(
        ' and ', ', ') + ')', '.py').dataset  # yapf: disable
    assert len(DATASETS.build(dict(said, **options))) == 1


def test_files_of_something_else_are_refused_as_always(tmp_path, people):
    options = write(tmp_path, [part[:, :19] for part in people], 'k2hpd')
    with pytest.raises(ValueError, match='"person" has the keypoints'):
        RoomsDataset(**options, metainfo=metainfo('k2hpd'))
    assert len(DepthCocoDataset(**options, metainfo=metainfo('k2hpd'))) == 1
