"""The command line, from files to results."""
import json

import cv2
import numpy as np
import pytest

from mmpose_cmb.depth.depth_io import write_depth_png_mm
from mmpose_cmb.runtime.__main__ import main
from mmpose_cmb.runtime.result_files import ResultNames

INTRINSICS = (140., 150., 79.5, 59.5)


@pytest.fixture
def folder(tmp_path):
    """A person, then an empty room, then a damaged file."""
    folder = tmp_path / 'frames'
    folder.mkdir()
    depth = np.zeros((120, 160), np.float32)
    depth[20:110, 60:90] = 2.5
    write_depth_png_mm(str(folder / 'a.png'), depth)
    write_depth_png_mm(str(folder / 'b.png'), depth * 0)
    (folder / 'c.png').write_bytes(b'nothing')
    (folder / 'camera.json').write_text(
        json.dumps(dict(intrinsics=INTRINSICS, depth_unit_m=0.001)))
    return folder


def test_a_folder(network, folder, tmp_path, capsys):
    out = tmp_path / 'out'
    assert main([network, str(folder), '--out-dir', str(out)]) == 1
    printed = capsys.readouterr()
    assert 'a.png: 1 person, ' in printed.out
    assert 'b.png: nobody, ' in printed.out
    assert '2 of 3 frames' in printed.out
    error, = printed.err.splitlines()
    assert error.startswith('error: ') and 'c.png: not a whole PNG' in error
    person, = json.loads((out / 'predictions' / 'a.json').read_text())
    assert set(person) == {'keypoints', 'keypoint_scores', 'bbox',
                           'bbox_score', 'keypoints_cam'}  # yapf: disable
    (x1, y1, x2, y2), = person['bbox']
    assert x1 < 60 and x2 > 89 and y1 < 20 and y2 > 109
    assert np.shape(person['keypoints_cam']) == (2, 3)
    assert json.loads((out / 'predictions' / 'b.json').read_text()) == []
    assert sorted(p.name for p in (out / 'predictions').iterdir()) == [
        'a.json', 'b.json']
    # The link's blue is seen between its two joints.
    picture = cv2.imread(str(out / 'visualizations' / 'a.png'))
    plain = cv2.imread(str(out / 'visualizations' / 'b.png'))
    assert picture.shape == plain.shape == (480, 640, 3)
    assert (picture == (255, 0, 0)).all(-1).sum() > 100
    assert not (plain == (255, 0, 0)).all(-1).any()


def test_options(network, folder, tmp_path, capsys):
    out = tmp_path / 'out'
    arguments = [
        network, str(folder / 'a.png'), str(tmp_path / 'missing.png'),
        '--unit-m', '0.002', '--intrinsics', '100', '100', '80', '60',
        '--bbox', '60', '20', '90', '110', '--bbox', '10', '10', '20', '20',
        '--no-pictures', '--threads', '1', '--out-dir', str(out)
    ]  # yapf: disable
    assert main(arguments) == 1
    assert 'missing.png: no such file' in capsys.readouterr().err
    first, second = json.loads((out / 'predictions' / 'a.json').read_text())
    assert first['bbox'] == [[60, 20, 90, 110]] and first['bbox_score'] == 1
    # 2500 units of 2 mm; half a half range of 0.5 m behind it.
    assert first['keypoints_cam'][0][2] == pytest.approx(5.25)
    # No valid pixel there, so no place in space; JSON has no NaN.
    assert second['keypoints_cam'][0] == [None] * 3
    assert not (out / 'visualizations').exists()
    assert main(arguments[:2] + arguments[3:]) == 0


def test_the_unit_of_the_model(network, tmp_path, capsys):
    """8 bits cannot be guessed; the model was tested on such files."""
    path = str(tmp_path / 'grey.png')
    cv2.imwrite(path, np.full((50, 60), 200, np.uint8))
    out = str(tmp_path / 'out')
    box = ['--bbox', '5', '5', '40', '40', '--out-dir', out]
    assert main([network, path, *box]) == 0
    printed = capsys.readouterr()
    assert '0.001 m per stored unit, as the images that the model' in (
        printed.out)
    assert 'unit_m says it otherwise' in printed.out


def test_a_wish_that_cannot_be_met(network, folder, tmp_path, capsys):
    for arguments, message in (
        (['none.onnx', str(folder)], 'error: none.onnx: no such ONNX file'),
        ([network, str(folder), '--unit-m', '-1'], 'error: unit_m'),
    ):
        assert main(arguments + ['--out-dir', str(tmp_path / 'out')]) == 2
        assert capsys.readouterr().err.startswith(message)


def test_names_of_results():
    names = ResultNames()
    asked = ['a/x.png', 'b/x.png', 'c.h5[7]', 'c.h5[8]', 'x.tif', 'array']
    assert [names.name(name) for name in asked] == [
        'x', 'x-2', 'c_7', 'c_8', 'x-3', 'array']
