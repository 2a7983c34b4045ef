"""tools/check_dataset.py, and skip_bad=True, on one data set with every fault."""

import json

import cv2
import numpy as np
import pytest

from mmpose_cmb.datasets import DepthCocoDataset
from mmpose_cmb.datasets.joint_table import make_dataset_info

from ..conftest import REPOSITORY

TOOL = REPOSITORY / 'tools' / 'check_dataset.py'
NAMES = ['head', 'left_hand', 'right_hand']
JOINTS = [40, 10, 2, 30, 30, 2, 50, 30, 1]


@pytest.fixture
def root(tmp_path):
    """Images 0 to 9; what is wrong with one is in the name of its file."""
    depth = np.full((60, 80), 4000, np.uint16)
    depth[5:35, 25:55] = 2000
    images = dict(enumerate(('good', 'cut', 'missing', 'small', 'metres', 'holes')))
    for name in images.values():
        stored = dict(
            small=depth[::2, ::2], metres=depth // 1000, holes=depth * 0
        ).get(name, depth)  # yapf: disable
        cv2.imwrite(str(tmp_path / f'{name}.png'), stored)
    (tmp_path / 'missing.png').unlink()
    cut = tmp_path / 'cut.png'
    cut.write_bytes(cut.read_bytes()[:80])
    listed = [
        dict(id=i, file_name=f'{name}.png', width=80, height=60) for i, name in images.items()
    ]
    people = [
        dict(id=i, image_id=i, category_id=1, bbox=[25, 5, 30, 30], keypoints=JOINTS)
        for i in images
    ]
    for change in (
        dict(keypoints=[j + 100 * (i % 3 == 0) for i, j in enumerate(JOINTS)]),
        dict(bbox=[25, 5, -30, 30]),
        dict(keypoints=JOINTS[:-1] + [0.4]),
        dict(image_id=77),
        dict(id=0),
    ):
        people.append(dict(people[0], **{'id': len(people), **change}))
    people.append(dict(people[0], id=len(people), category_id=2))
    write(tmp_path, listed, people)
    return tmp_path


def write(root, images, annotations):
    (root / 'all.json').write_text(
        json.dumps(
            dict(
                depth_unit_m=0.001,
                images=images,
                annotations=annotations,
                categories=[dict(id=1, name='person', keypoints=NAMES), dict(id=2, name='chair')],
            )
        )
    )


EXPECTED = (
    ('annotations[6] (id 6)', 'all of its joints lie outside the image of 80x60'),
    ('annotations[7] (id 7)', 'has no positive width and height'),
    ('annotations[8] (id 8)', 'the visibility of right_hand is 0.4'),
    ('annotations[9] (id 9)', 'image_id 77 is not among the images'),
    ('annotations[10] (id 0)', 'its id is that of annotations[0], too'),
    ('all.json annotation 1', 'cut.png: not a whole PNG'),
    ('all.json annotation 2', 'missing.png: no such depth image'),
    ('all.json annotation 3', 'small.png: has 40x30 pixels, and the labels are of'),
    ('all.json annotation 4', 'metres.png: the middle distance is 0.00'),
    ('all.json annotation 5', 'holes.png: no pixel in the box is valid'),
)


def test_every_bad_sample_is_listed(root, call_tool):
    ended = call_tool(TOOL, root / 'all.json')
    assert ended.status == 1
    lines = [line for line in ended.out.splitlines() if line.startswith('all.json: ')]
    assert lines[-1] == 'all.json: 1 good sample, 10 bad ones'
    assert len(lines) == len(EXPECTED) + 1
    for line, (record, reason) in zip(lines, EXPECTED):
        assert record in line and reason in line


def test_a_config_whose_data_are_good(root, call_tool, tmp_path):
    content = json.loads((root / 'all.json').read_text())
    write(root, content['images'][:1], content['annotations'][:1])
    config = tmp_path / 'mine.py'
    config.write_text(
        f'dataset = dict(type="DepthCocoDataset", ann_file="all.json", data_root={str(root)!r},\n'
        '    data_prefix=dict(img=""), pipeline=[dict(type="LoadDepthImage")],\n'
        f'    metainfo={make_dataset_info("mine", NAMES)!r})\n'
        'train_dataloader = dict(dataset=dict(type="CombinedDataset", datasets=[dataset]))\n'
        'val_dataloader = test_dataloader = dict(dataset=dataset)\n'
    )
    ended = call_tool(TOOL, config)
    assert ended.status == 0
    assert ended.out.splitlines()[-1] == 'train, val, test: 1 good sample, 0 bad ones'
    ended = call_tool(TOOL, config, '--cfg-options', 'val_dataloader.dataset.ann_file=no.json')
    assert ended.status == 1
    assert 'val: ' in ended.out and 'no.json: no such annotation file' in ended.out


@pytest.mark.parametrize(
    'factors, message',
    [
        ((1, 1, 1), None),
        ((1000, 1000, 1000), '1e+03 times as far away'),
        ((1, -1, 1), 'pixels (median) from the keypoints'),
        ((1, 1, -1), 'z of keypoints_cam is -2'),
    ],
)
def test_joints_in_space_of_another_kind(root, call_tool, factors, message):
    content = json.loads((root / 'all.json').read_text())
    images, people = content['images'][:1], content['annotations'][:1]
    pixels = np.reshape(JOINTS, (3, 3))[:, :2]
    points = np.column_stack([(pixels - (40, 25)) / 60 * 2, np.full(3, 2.0)]) * factors
    people[0]['keypoints_cam'] = points.ravel().tolist()
    images[0]['intrinsics'] = [60, 60, 40, 25]
    write(root, images, people)
    ended = call_tool(TOOL, root / 'all.json')
    assert ended.status == (message is not None)
    assert message is None or message in ended.out


def test_a_source_that_is_none(call_tool, tmp_path):
    (tmp_path / 'plain.json').write_text('{"images": [], "annotations": []}')
    ended = call_tool(TOOL, tmp_path / 'plain.json')
    assert ended.status == 2 and 'none of its categories names keypoints' in ended.error
    (tmp_path / 'empty.py').write_text('model = dict()\n')
    ended = call_tool(TOOL, tmp_path / 'empty.py')
    assert ended.status == 2 and 'no data set of train, val, test' in ended.error


def test_a_training_leaves_bad_samples_out(root, mmpose_scope):
    options = dict(
        ann_file='all.json',
        data_root=str(root),
        data_prefix=dict(img=''),
        metainfo=make_dataset_info('mine', NAMES),
        pipeline=[dict(type='LoadDepthImage')],
    )
    with pytest.raises(ValueError, match=r'5 of 11 records .*annotations\[6\].*check_dataset'):
        DepthCocoDataset(**options)
    dataset = DepthCocoDataset(**options, skip_bad=True)
    assert [dataset.get_data_info(i)['id'] for i in range(len(dataset))] == [0]
    assert len(dataset.bad_samples) == len(EXPECTED)
    assert dataset[0]['img'].shape == (60, 80)
