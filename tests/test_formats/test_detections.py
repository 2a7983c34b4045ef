import json
import pickle

import pytest

from mmpose_cmb.formats.detections import read_detections

GOOD = dict(image_id=7, bbox=[1, 2, 3.5, 4], score=0.5, category_id=1)


def _write(folder, content, name='boxes.json'):
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return str(path)


def test_the_best_of_each_image_comes_first(tmp_path):
    weak = dict(GOOD, score=0.25, bbox=[2, 2, 3, 4])
    strong = dict(GOOD, score=0.75, bbox=[1, 3, 3, 4])
    other = dict(GOOD, image_id='a.png')
    again = dict(GOOD, score=0.4)
    path = _write(tmp_path, [weak, again, GOOD, dict(GOOD, category_id=2), other, strong])
    assert read_detections(path) == {7: [strong, GOOD, weak], 'a.png': [other]}


def test_nobody_was_detected(tmp_path):
    assert read_detections(_write(tmp_path, [])) == {}


@pytest.mark.parametrize(
    'content, message',
    [
        ({}, 'expected a list of dicts, got dict'),
        ('[{"image_id": 1', r'boxes.json: not JSON'),
        ([GOOD, 3], 'detection 1 needs image_id'),
        ([GOOD, {'image_id': 3}], 'detection 1 needs image_id'),
        ([dict(GOOD, bbox=[1, 2, 3])], 'detection 0 needs'),
        ([dict(GOOD, bbox='1234')], 'detection 0 needs'),
        ([dict(GOOD, bbox=[1, 2, 3, None])], 'detection 0 needs'),
        ([dict(GOOD, bbox=[1, 2, 3, float('nan')])], 'NaN is no number'),
        ([dict(GOOD, score='high')], 'detection 0 needs'),
        ([dict(GOOD, image_id=[1])], 'detection 0 needs'),
        ([dict(GOOD, image_id=True)], 'detection 0 needs'),
        ([dict(GOOD, bbox=[i, 2, 3, 4]) for i in range(10001)], '10001 boxes in image 7, more'),
        ([dict(GOOD, score=90)], 'detection 0 needs .* score from 0 to 1'),
        ([GOOD, dict(GOOD, bbox=[5, 5, 0, 4])], 'detection 1 needs a width and height above 0'),
        ([dict(GOOD, bbox=[9, 9, -5, -5])], 'detection 0 needs a width'),
        ([dict(GOOD, category_id=0)] * 2, 'none of its 2 .* category_id 1, .* they have 0'),
        ([dict(GOOD, bbox=[0.1, 0.2, 0.3, 0.4])], 'between 0 and 1: parts of the width'),
    ],
)
def test_what_is_no_list_of_detections(tmp_path, content, message):
    with pytest.raises(ValueError, match=message):
        read_detections(_write(tmp_path, content))


class Trap:
    """Writes a file where it is unpickled."""

    def __init__(self, path):
        self.path = str(path)

    def __reduce__(self):
        return open, (self.path, 'w')


@pytest.mark.parametrize('name', ['boxes.pkl', 'boxes.pickle', 'boxes.json'])
def test_nothing_is_unpickled(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(pickle.dumps(Trap(tmp_path / 'sprung')))
    with pytest.raises(ValueError, match=name):
        read_detections(str(path))
    assert not (tmp_path / 'sprung').exists()


@pytest.mark.parametrize('name', ['boxes.yml', 'boxes.yaml', 'boxes'])
def test_json_alone_is_read(tmp_path, name):
    with pytest.raises(ValueError, match='are read from a .json file'):
        read_detections(_write(tmp_path, [GOOD], name))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match='boxes.json is missing'):
        read_detections(str(tmp_path / 'boxes.json'))
