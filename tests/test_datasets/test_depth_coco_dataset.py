import json

import cv2
import numpy as np
import pytest

from mmpose.registry import DATASETS
from mmpose_cmb.datasets import DepthCocoDataset, LoadDepthImage
from mmpose_cmb.datasets.joint_table import make_dataset_info
from mmpose_cmb.formats.depth_coco import read_depth_coco

NAMES = ('head', 'left_hand', 'right_hand')
INFO = make_dataset_info('mine', NAMES, [('head', 'left_hand')])
LOAD = [dict(type='LoadDepthImage')]
CAMERA = [100.0, 110.0, 40.0, 30.0]


def _document():
    """Two images; one person in the first, two in the second.

    Person p stands 2 + p m away; its left hand is not labelled.
    """
    annotations = []
    for person, image in enumerate((7, 9, 9)):
        z = 2.0 + person
        points = np.array([[0, -0.2, z], [0, 0, 0], [0.1 * (1 + person), 0.1, z]])
        pixels = np.array(
            [[40 + 100 * x / max(z, 1), 30 + 110 * y / max(z, 1)] for x, y, z in points]
        )
        annotations.append(
            dict(
                id=20 + person,
                image_id=image,
                category_id=1,
                keypoints=np.column_stack([pixels, [2, 0, 1]]).ravel().tolist(),
                keypoints_cam=points.ravel().tolist(),
            )
        )
    return dict(
        depth_unit_m=0.001,
        intrinsics=CAMERA,
        images=[
            dict(id=7, file_name='a.png', width=80, height=60),
            dict(id=9, file_name='b.png', width=80, height=60, depth_unit_m=0.002),
        ],
        annotations=annotations,
    )


@pytest.fixture
def root(tmp_path):
    (tmp_path / 'img').mkdir()
    cv2.imwrite(str(tmp_path / 'img/a.png'), np.full((60, 80), 1950, 'u2'))
    # In units of 2 mm: 3.6 m.
    cv2.imwrite(str(tmp_path / 'img/b.png'), np.full((60, 80), 1800, 'u2'))
    return tmp_path


def _dataset(root, document=None, **kwargs):
    path = root / 'mine.json'
    path.write_text(json.dumps(_document() if document is None else document))
    return DepthCocoDataset(**{
        **dict(ann_file='mine.json', data_root=str(root),
               data_prefix=dict(img='img/'), metainfo=INFO),
        **kwargs})  # yapf: disable


def test_registered_with_mmpose():
    assert DATASETS.get('DepthCocoDataset') is DepthCocoDataset


def test_a_record_by_hand(root):
    dataset = _dataset(root)
    assert len(dataset) == 3
    info = dataset.get_data_info(0)
    assert info['img_path'] == str(root / 'img' / 'a.png')
    assert info['img_id'] == 7 and info['id'] == 20
    np.testing.assert_allclose(info['keypoints'][0, 0], [40, 19])
    np.testing.assert_array_equal(info['keypoints_visible'], [[1, 0, 1]])
    np.testing.assert_array_equal(info['keypoints_seen'], [[1, 0, 0]])
    np.testing.assert_allclose(info['keypoints_cam'][0, 2], [0.1, 0.1, 2])
    np.testing.assert_allclose(info['intrinsics'], CAMERA)
    assert info['intrinsics'].dtype == info['keypoints_cam'].dtype == 'f4'
    # From (40, 19) to (45, 35.5), and 15 pixels; not clipped to the image.
    np.testing.assert_allclose(info['bbox'], [[25, 4, 60, 50.5]])


def test_unit_of_each_image(root, mmpose_scope):
    dataset = _dataset(root, pipeline=LOAD)
    np.testing.assert_allclose(dataset[0]['img'], 1.95)
    np.testing.assert_allclose(dataset[2]['img'], 3.6)


def test_the_samples_unit_goes_before_the_transforms():
    stored = np.full((2, 2), 1000, np.uint16)
    load = LoadDepthImage(unit_m=0.02)
    img = load(dict(img=stored, depth_unit_m=0.002))['img']
    np.testing.assert_allclose(img, 2)
    np.testing.assert_allclose(load(dict(img=stored))['img'], 20)
    with pytest.raises(ValueError, match='unit of the depth is not known'):
        LoadDepthImage()(dict(img=stored))


def test_boxes_of_the_file(root):
    document = _document()
    for annotation in document['annotations']:
        annotation['bbox'] = [-5, 2, 100, 50]
    info = _dataset(root, document).get_data_info(1)
    np.testing.assert_array_equal(info['bbox'], [[-5, 2, 95, 52]])


def test_padding_of_boxes(root):
    info = _dataset(root, bbox_padding_px=1.0).get_data_info(0)
    np.testing.assert_allclose(info['bbox'], [[39, 18, 46, 36.5]])


def test_2d_data_need_no_camera(root):
    document = _document()
    del document['intrinsics']
    for annotation in document['annotations']:
        del annotation['keypoints_cam']
    info = _dataset(root, document).get_data_info(0)
    assert 'intrinsics' not in info and 'keypoints_cam' not in info


def test_crowds_and_unlabelled_are_left_out(root, log_messages):
    document = _document()
    document['annotations'][0]['iscrowd'] = 1
    document['annotations'][1]['keypoints'] = [0.0] * 9
    dataset = _dataset(root, document)
    assert [dataset.get_data_info(i)['id'] for i in range(len(dataset))] == [22]
    assert '2 of 3 annotations are crowds' in log_messages[0][1]
    document['annotations'].pop()
    with pytest.raises(ValueError, match='no annotation of a person with a labelled'):
        _dataset(root, document)


def test_every_nth_image(root):
    assert len(_dataset(root, sample_interval=2)) == 1


def test_detections_go_to_the_person_that_they_overlap(root, log_messages):
    persons = _dataset(root)
    boxes = [persons.get_data_info(i)['bbox'][0] for i in range(3)]
    # Person 2's box scores higher; person 1 has its own all the same.
    found = [
        dict(
            image_id=9,
            category_id=1,
            score=score,
            bbox=[float(v) for v in (*(box[:2] + shift), *(box[2:] - box[:2]))],
        )
        for box, score, shift in ((boxes[2], 0.9, 1), (boxes[1], 0.5, -1))
    ]
    (root / 'found.json').write_text(json.dumps(found))
    dataset = _dataset(root, test_mode=True, bbox_file=str(root / 'found.json'))
    infos = [dataset.get_data_info(i) for i in range(3)]
    np.testing.assert_allclose(infos[0]['bbox'], [[0, 0, 80, 60]])
    assert infos[0]['bbox_score'] == 0
    np.testing.assert_allclose(infos[1]['bbox'][0], boxes[1] - 1, rtol=1e-5)
    np.testing.assert_allclose(infos[2]['bbox'][0], boxes[2] + 1, rtol=1e-5)
    np.testing.assert_allclose(infos[2]['bbox_score'], 0.9)
    assert infos[1]['keypoints_cam'][0, 0, 2] == 3
    assert any('found.json: no person in 1 of 3' in m for _, m in log_messages)


def test_detections_of_other_images(root, log_messages):
    found = dict(category_id=1, score=0.9, bbox=[20, 10, 30, 40])
    path = root / 'found.json'
    path.write_text(json.dumps([dict(found, image_id=i) for i in (9, 500)]))
    _dataset(root, test_mode=True, bbox_file=str(path))
    assert any('1 of its 2 images are of the data set' in m for _, m in log_messages)
    path.write_text(json.dumps([dict(found, image_id=500)]))
    with pytest.raises(ValueError, match='found.json: none of its 1 images .* of the data set'):
        _dataset(root, test_mode=True, bbox_file=str(path))


def test_metainfo_is_needed(root):
    with pytest.raises(ValueError, match='DepthCocoDataset needs the joints'):
        _dataset(root, metainfo=None)


def _set(record, key, value):

    def change(document):
        target = document
        for part in record:
            target = target[part]
        if value is None:
            target.pop(key)
        else:
            target[key] = value

    return change


@pytest.mark.parametrize(
    'change, message',
    [
        (_set((), 'images', None), 'no images; expected COCO'),
        (_set(('images', 1), 'width', None), r'image 9 \(b.png\): has no width'),
        (
            _set((), 'depth_unit_m', None),
            r'image 7 \(a.png\): depth_unit_m is missing; give the metres',
        ),
        (_set(('images', 0), 'depth_unit_m', -1), 'depth_unit_m is -1'),
        (
            _set((), 'intrinsics', [1, 2, 3]),
            r'image 7 \(a.png\): intrinsics: expected fx, fy, cx, cy',
        ),
        (
            _set((), 'intrinsics', None),
            r'annotations\[0\] \(id 20\): has keypoints_cam, but its image has no',
        ),
        (
            _set(('annotations', 1), 'keypoints_cam', None),
            '2 of 3 annotations have keypoints_cam, id 21 has none',
        ),
        (
            _set(('annotations', 2), 'keypoints', [1.0, 2.0]),
            r'annotations\[2\] \(id 22\): keypoints must be 9 finite numbers',
        ),
        (
            _set(('annotations', 2), 'keypoints_cam', [1.0] * 8 + ['x']),
            'keypoints_cam must be 9 finite numbers',
        ),
        (
            _set(('annotations', 2), 'keypoints', [[1.0, 2.0, 2.0]] * 3),
            'keypoints must be 9 finite numbers in a list',
        ),
        (
            lambda document: document['annotations'].append(
                dict(document['annotations'][0], id=99)
            ),
            r'annotations\[3\] \(id 99\): is annotations\[0\] again: the same joints',
        ),
        (_set(('images', 0), 'id', True), 'id must be a number or text'),
        (_set(('annotations', 0), 'image_id', 8), 'image_id 8 is not among the images'),
        (_set(('annotations', 0), 'keypoints', None), 'has no keypoints'),
        (_set(('annotations', 0), 'bbox', [1, 2]), 'bbox must be x, y, w, h'),
        (
            _set((), 'categories', [dict(id=1, name='person', keypoints=['a'])]),
            r'category "person" has the keypoints \[\'a\'\], the metainfo',
        ),
    ],
)
def test_bad_files_are_named(root, change, message):
    document = _document()
    change(document)
    with pytest.raises(ValueError, match=f'mine.json: .*{message}'):
        _dataset(root, document)


def test_intrinsics_for_all_images_or_none(root):
    document = _document()
    document['images'][0]['intrinsics'] = document.pop('intrinsics')
    with pytest.raises(ValueError, match='1 of 2 images have intrinsics, id 9 has none'):
        _dataset(root, document)


def test_files_that_are_not_there(root):
    with pytest.raises(FileNotFoundError, match='no such annotation file'):
        read_depth_coco(str(root / 'nowhere.json'), NAMES)
    (root / 'broken.json').write_text('{"images": [')
    with pytest.raises(ValueError, match='broken.json: not JSON'):
        read_depth_coco(str(root / 'broken.json'), NAMES)
    (root / 'img' / 'b.png').unlink()
    with pytest.raises(
        FileNotFoundError, match='1 of 2 images are missing, the first is .*b.png; data_prefix'
    ):
        _dataset(root)


def test_wrong_intrinsics_are_refused(root):
    document = _document()
    document['intrinsics'] = [30.0, 33.0, 40.0, 30.0]
    with pytest.raises(ValueError, match='keypoints_cam lie .* pixels'):
        _dataset(root, document)


@pytest.mark.parametrize('factor, ratio', [(10, '0.10'), (0.1, '10')])
def test_a_wrong_unit_is_refused(root, factor, ratio):
    document = _document()
    document['depth_unit_m'] = 0.001 * factor
    document['images'][1]['depth_unit_m'] = 0.002 * factor
    with pytest.raises(
        ValueError,
        match=f'the joints lie {ratio}.* times as far away .*depth_unit_m '
        r'\(0.01? for .*a.png|\(0.0001 for .*a.png',
    ):
        _dataset(root, document)


def test_frames_with_everybody_and_with_nobody(root):
    document = _document()
    document['images'].append(dict(document['images'][0], id=11))
    document['annotations'].append(
        dict(document['annotations'][0], id=30, image_id=11, iscrowd=1, bbox=[5, 6, 10, 20])
    )
    dataset = _dataset(root, document, data_mode='bottomup')
    one, two, nobody = (dataset.get_data_info(i) for i in range(3))
    assert [info['img_id'] for info in (one, two, nobody)] == [7, 9, 11]
    assert one['id'] == [20] and two['id'] == [21, 22] and nobody['id'] == []
    alone = [_dataset(root, document).get_data_info(i) for i in range(3)]
    for key in ('bbox', 'keypoints', 'keypoints_cam', 'keypoints_seen', 'keypoints_visible'):
        np.testing.assert_array_equal(two[key], np.concatenate([a[key] for a in alone[1:]]))
        assert nobody[key].shape == (0, *one[key].shape[1:])
    assert two['depth_unit_m'] == 0.002 and two['intrinsics'].tolist() == CAMERA
    np.testing.assert_array_equal(nobody['unsure_bbox'], [[5, 6, 15, 26]])
    assert one['unsure_bbox'].shape == (0, 4)
