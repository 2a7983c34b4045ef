"""The command line, from files to results."""

import json

import cv2
import numpy as np
import pytest

from mmpose_cmb.depth.depth_io import write_depth_png_mm
from mmpose_cmb.runtime.__main__ import main

INTRINSICS = (140.0, 150.0, 79.5, 59.5)


@pytest.fixture
def folder(tmp_path):
    """A person, then an empty room, then a damaged file."""
    folder = tmp_path / 'frames'
    folder.mkdir()
    depth = np.zeros((120, 160), np.float32)
    depth[20:110, 60:90] = 2.5 + np.linspace(-1, 1, 30) ** 2 * 0.3
    write_depth_png_mm(str(folder / 'a.png'), depth)
    write_depth_png_mm(str(folder / 'b.png'), depth * 0)
    (folder / 'c.png').write_bytes(b'nothing')
    (folder / 'camera.json').write_text(
        json.dumps(dict(intrinsics=INTRINSICS, depth_unit_m=0.001))
    )
    return folder


def test_a_folder(network, folder, tmp_path, capsys):
    out = tmp_path / 'out'
    assert main([network, str(folder), '--detector', 'none', '--out-dir', str(out)]) == 1
    printed = capsys.readouterr()
    assert ('1 person in 3 frames; 2 frames without a person, 1 of them unusable') in printed.out
    assert 'b.png: no pixel is valid' in printed.out
    assert 'c.png: not a whole PNG' in printed.out
    (person,) = json.loads((out / 'predictions' / 'a.json').read_text())
    assert set(person) == {'keypoints', 'keypoint_scores', 'bbox',
                           'bbox_score', 'keypoints_cam'}  # yapf: disable
    ((x1, y1, x2, y2),) = person['bbox']
    assert x1 < 60 and x2 > 89 and y1 < 20 and y2 > 109
    assert np.shape(person['keypoints_cam']) == (2, 3)
    assert json.loads((out / 'predictions' / 'b.json').read_text()) == []
    assert sorted(p.name for p in (out / 'predictions').iterdir()) == [
        'a.json',
        'b.json',
        'c.json',
        'summary.json',
    ]
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
    assert 'missing.png: no such file' in capsys.readouterr().out
    # No valid pixel in the second box, so nobody there.
    (person,) = json.loads((out / 'predictions' / 'a.json').read_text())
    assert person['bbox'] == [[60, 20, 90, 110]] and person['bbox_score'] == 1
    # Twice 2.5 m, and the median of the column around it; half a half range of
    # 0.5 m behind that.
    assert person['keypoints_cam'][0][2] == pytest.approx(5.32, abs=0.01)
    assert not (out / 'visualizations').exists()
    assert main(arguments[:2] + arguments[3:]) == 0


def test_frames_and_boxes_of_a_file(network, folder, tmp_path):
    boxes = tmp_path / 'boxes.json'
    boxes.write_text(
        json.dumps([dict(image_id='a', bbox=[60, 20, 30, 90], score=0.5, category_id=1)])
    )
    out = tmp_path / 'out'
    assert (
        main(
            [
                network,
                str(folder),
                '--frames',
                '0:2',
                '--bbox-file',
                str(boxes),
                '--no-pictures',
                '--out-dir',
                str(out),
            ]
        )
        == 0
    )
    (person,) = json.loads((out / 'predictions' / 'a.json').read_text())
    assert person['bbox'] == [[60, 20, 90, 110]]
    assert person['bbox_score'] == 0.5
    summary = json.loads((out / 'predictions' / 'summary.json').read_text())
    assert len(summary['frames']) == 2


def test_a_wish_that_cannot_be_met(network, folder, tmp_path, capsys):
    with pytest.raises(FileNotFoundError, match='none.onnx: no such ONNX'):
        main(['none.onnx', str(folder)])
    with pytest.raises(SystemExit) as end:
        main([network, str(folder), '--unit-m', '-1'])
    assert end.value.code == 2 and 'above 0' in capsys.readouterr().err
    with pytest.raises(ValueError, match='give boxes or --detector, not both'):
        main([network, str(folder), '--detector', 'none', '--bbox', '0', '0', '9', '9'])
    with pytest.raises(ValueError, match='--bbox or --bbox-file, not both'):
        main([network, str(folder), '--bbox-file', 'x', '--bbox', '0', '0', '9', '9'])
