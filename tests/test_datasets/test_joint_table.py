import cv2
import numpy as np
import pytest
from mmengine import Config

from mmpose_cmb.camera import Camera, project
from mmpose_cmb.datasets.dataset_info import parse_depth_metainfo
from mmpose_cmb.datasets.joint_table import (
    dataset_info_text,
    make_dataset_info,
    read_joint_table,
    table_to_coco,
)

HEADER = 'image,head_x,head_y,left_hand_x,left_hand_y,left_hand_visible'


def _table(tmp_path, *lines):
    path = tmp_path / 'joints.csv'
    path.write_text('\n'.join(lines) + '\n')
    return str(path)


def test_a_table_by_hand(tmp_path):
    table = read_joint_table(
        _table(tmp_path, HEADER, 'a.png,1.5,2,3,4,1', 'b.png,5,6,,,', 'b.png,5,6,7,8,')
    )
    assert table.names == ['head', 'left_hand']
    assert table.images == ['a.png', 'b.png', 'b.png']
    np.testing.assert_array_equal(table.keypoints[0], [[1.5, 2], [3, 4]])
    np.testing.assert_array_equal(table.visibility, [[2, 1], [2, 0], [2, 2]])
    assert table.keypoints_cam is None and table.boxes is None


def test_space_and_boxes(tmp_path):
    table = read_joint_table(
        _table(
            tmp_path,
            'image,a_x,a_y,a_X,a_Y,a_Z,bbox_x1,bbox_y1,bbox_x2,bbox_y2',
            'i.png,1,2,.1,.2,3,4,5,6,7',
        )
    )
    np.testing.assert_array_equal(table.keypoints_cam, [[[0.1, 0.2, 3]]])
    np.testing.assert_array_equal(table.boxes, [[4, 5, 6, 7]])


@pytest.mark.parametrize(
    'lines, message',
    [
        (['x,y'], 'line 1: expected the columns "image", "NAME_x"'),
        (['image,a_x', 'i,1'], 'line 1: no column "a_y"'),
        (['image,a_x,a_y,a_X,a_Y', 'i,1,2,3,4'], 'line 1: no column "a_Z"'),
        (['image,a_x,a_y,depth', 'i,1,2,3'], 'line 1: column "depth" is none of'),
        ([HEADER], 'no line after the column names'),
        ([HEADER, 'i,1,2,3,4,2', ',1,2,3,4,2'], 'line 3: column "image" is empty'),
        ([HEADER, 'i,1,two,3,4,2'], 'line 2: column "head_y" is \'two\''),
        ([HEADER, 'i,1,,3,4,2'], 'line 2: column "head_y" is \'\''),
        ([HEADER, 'i,1,2,3,nan,2'], 'line 2: column "left_hand_y" is \'nan\''),
        ([HEADER, 'i,1,2,3'], 'line 2: 4 cells for 6 columns$'),
        ([HEADER, 'i,1,5,2,3,5,4,1'], 'line 2: 8 cells for 6 columns; numbers with decimal co'),
        (['image,a_x,a_y,a_x,a_y', 'i,1,2,3,4'], 'line 1: column "a_x" is there twice'),
        ([HEADER, 'i,1_0,2,3,4,2'], 'line 2: column "head_x" is \'1_0\''),
        (['image,a_x, a_y', 'i,1,2'], 'line 1: column " a_y" has a blank at its end'),
        ([HEADER, 'i,1,2,0,0,'], 'line 2: left_hand lies at 0, 0; leave the cells'),
        ([HEADER, 'i,-1,-1,3,4,2'], 'line 2: head lies at -1, -1; leave the cells'),
        ([HEADER.replace(',', ';'), 'i;1;2,5'], 'line 2: 3 cells for 6 columns'),
        ([HEADER, 'i,1,2,3,4,5'], "line 2: left_hand_visible must be .* '5'"),
    ],
)
def test_bad_tables_are_named(tmp_path, lines, message):
    with pytest.raises(ValueError, match=f'joints.csv.*{message}'):
        read_joint_table(_table(tmp_path, *lines))


def test_other_encodings(tmp_path):
    path = tmp_path / 'joints.csv'
    text = HEADER + '\na.png,1,2,3,4,1\n'
    path.write_bytes(('\ufeff' + text).replace('\n', '\r\n').encode())
    assert read_joint_table(str(path)).names == ['head', 'left_hand']
    path.write_bytes(text.encode('utf-16'))
    with pytest.raises(ValueError, match='joints.csv: is UTF-16 text; save it'):
        read_joint_table(str(path))


@pytest.mark.parametrize('delimiter', [';', '\t'])
def test_decimal_commas(tmp_path, delimiter):
    lines = [HEADER, 'b,1.png 1,5 2 3 4,25 1', 'a.png 5 6   0']
    table = read_joint_table(
        _table(tmp_path, HEADER.replace(',', delimiter),
               *(line.replace(' ', delimiter) for line in lines[1:])))  # yapf: disable
    assert table.images == ['b,1.png', 'a.png'] and table.lines == [2, 3]
    np.testing.assert_array_equal(table.keypoints[0], [[1.5, 2], [3, 4.25]])
    np.testing.assert_array_equal(table.visibility, [[2, 1], [2, 0]])


def test_zeros_of_a_joint_that_is_not_labelled(tmp_path):
    table = read_joint_table(_table(tmp_path, HEADER, 'a.png,1,2,0,0,0'))
    np.testing.assert_array_equal(table.visibility, [[2, 0]])


@pytest.mark.parametrize(
    'line, unit_m, message',
    [
        ('a.png,630,200,630,350,2', 0.001, 'line 2 of the table, a.png: all of its joints lie o'),
        ('a.png,.5,.2,.5,.4,2', 0.001, 'parts of its width and height'),
        ('a.png,5,5,9000,5,2', 0.001, 'left_hand lies at 9000, 5, far outside'),
        ('a.png,5,5,6,5,2', 1.0, 'a.png: the middle distance is 2000 m'),
    ],
)
def test_labels_of_another_image(tmp_path, line, unit_m, message):
    cv2.imwrite(str(tmp_path / 'a.png'), np.full((60, 80), 2000, 'u2'))
    table = read_joint_table(_table(tmp_path, HEADER, line))
    with pytest.raises(ValueError, match=message):
        table_to_coco(table, str(tmp_path), unit_m, [0])


def test_a_line_that_is_there_twice(tmp_path):
    cv2.imwrite(str(tmp_path / 'a.png'), np.full((60, 80), 2000, 'u2'))
    lines = ['a.png,5,6,7,8,2', 'a.png,5,6,7,9,2', 'a.png,5,6,7,8,2']
    table = read_joint_table(_table(tmp_path, HEADER, *lines))
    with pytest.raises(ValueError, match='line 4 of the table, a.png: is line 2 again'):
        table_to_coco(table, str(tmp_path), 0.001, range(3))


@pytest.mark.parametrize(
    'factors, message',
    [
        ((1, 1, 1), None),
        ((1000, 1000, 1000), '1e.03 times as far away'),
        ((1, -1, 1), 'pixels .median. from the keypoints'),
        ((1, 1, -1), 'z of keypoints_cam is -2: it points forward'),
    ],
)
def test_joints_in_space_of_another_kind(tmp_path, factors, message):
    cv2.imwrite(str(tmp_path / 'a.png'), np.full((60, 80), 2000, 'u2'))
    camera = Camera(60, 60, 40, 30)
    point = np.array([0.5, -0.2, 2.0])
    x, y, z = point * factors
    line = 'a.png,{:g},{:g},{:g},{:g},{:g}'.format(*project(point, camera), x, y, z)
    table = read_joint_table(_table(tmp_path, 'image,a_x,a_y,a_X,a_Y,a_Z', line))
    if message is None:
        table_to_coco(table, str(tmp_path), 0.001, [0], camera=camera)
        return
    with pytest.raises(ValueError, match=f'line 2 of the table, a.png: .*{message}'):
        table_to_coco(table, str(tmp_path), 0.001, [0], camera=camera)


def test_missing_table(tmp_path):
    with pytest.raises(FileNotFoundError, match='no such table'):
        read_joint_table(str(tmp_path / 'nowhere.csv'))


def test_to_coco(tmp_path):
    for name in 'ab':
        cv2.imwrite(str(tmp_path / f'{name}.png'), np.full((60, 80), 2000, 'u2'))
    table = read_joint_table(
        _table(tmp_path, HEADER, 'b.png,1,2,3,4,1', 'a.png,5,6,,,', 'b.png,1,2,3,4,0')
    )
    images, people = table_to_coco(table, str(tmp_path), 0.001, range(3), bbox_padding_px=2.0)
    assert images == [
        dict(id=0, file_name='b.png', width=80, height=60),
        dict(id=1, file_name='a.png', width=80, height=60),
    ]
    assert [p['image_id'] for p in people] == [0, 1, 0]
    assert people[0]['keypoints'] == [1, 2, 2, 3, 4, 1]
    assert people[0]['bbox'] == [-1, 0, 6, 6]
    assert people[2]['bbox'] == [-1, 0, 4, 4]  # the labelled joint alone
    assert 'keypoints_cam' not in people[0]


def test_to_coco_names_what_is_wrong(tmp_path):
    table = read_joint_table(_table(tmp_path, HEADER, 'a.png,,,,,'))
    with pytest.raises(FileNotFoundError, match='a.png'):
        table_to_coco(table, str(tmp_path), 0.001, [0])
    cv2.imwrite(str(tmp_path / 'a.png'), np.full((60, 80), 2000, 'u2'))
    with pytest.raises(ValueError, match='a.png: neither a box nor'):
        table_to_coco(table, str(tmp_path), 0.001, [0])


def test_dataset_info_is_a_config(tmp_path):
    info = make_dataset_info(
        'mine', ('nose', 'left_eye', 'right_eye', 'left'), [('nose', 'left_eye')]
    )
    path = tmp_path / 'mine.py'
    path.write_text(dataset_info_text(info))
    meta = parse_depth_metainfo(dict(from_file=str(path)))
    assert Config.fromfile(path).dataset_info.dataset_name == 'mine'
    assert meta['flip_indices'] == [0, 2, 1, 3]
    assert meta['skeleton_links'] == [(0, 1)]


@pytest.mark.parametrize('names', [('a', 'a'), ('a', ''), ('a', 3)])
def test_joints_without_a_name_of_their_own(names):
    with pytest.raises(ValueError, match='mine: joint .*: each joint needs a name of its own'):
        make_dataset_info('mine', names)


def test_links_are_checked():
    with pytest.raises(ValueError, match='link a-c: no joint c among a, b'):
        make_dataset_info('mine', ('a', 'b'), [('a', 'c')])
    with pytest.raises(ValueError, match='link a: expected two joints'):
        make_dataset_info('mine', ('a', 'b'), [('a',)])
