"""The finder on a network whose boxes are known in closed form."""

import numpy as np
import pytest

from mmpose_cmb.depth.frame import DepthFrame
from mmpose_cmb.pose import PosePredictor, onnx_network, person_finder
from mmpose_cmb.pose.detector_spec import parse_detector_spec
from mmpose_cmb.pose.exported_graph import exported_graph
from mmpose_cmb.pose.frame_boxes import frame_boxes
from mmpose_cmb.pose.model_spec import parse_spec
from mmpose_cmb.pose.onnx_network import OnnxNetwork
from mmpose_cmb.pose.person_finder import PersonFinder, open_finder
from mmpose_cmb.runtime import DepthPoseRuntime

from ..known_detector import METADATA, SIDES, spots_m, write_known_detector
from ..known_network import METADATA_JSON, write_known_network

CAMERA = (80.0, 80.0, 15.5, 11.5)


@pytest.fixture
def path(tmp_path):
    return write_known_detector(tmp_path / 'known.onnx')


def expected_box(row, column, scale=1.0):
    """Around a cell's middle, pixels of a frame that is larger by a factor."""
    x, y = 4 * column + 1.5, 4 * row + 1.5
    left, up, right, down = SIDES
    return scale * np.array([x - left, y - up, x + right, y + down])


@pytest.mark.parametrize('way', [{}, dict(provider='openvino', precision='float32')])
def test_everybody_best_first_in_pixels_of_the_frame(path, way):
    """A spot 1 m away has 80 pixels to the metre: 0.8; at 1.6 m 0.5."""
    if way:
        pytest.importorskip('openvino')
    frame = DepthFrame(spots_m((1, 6, 1.6), (4, 1, 1.0)), CAMERA)
    boxes, scores = PersonFinder(path, threads=1, **way)(frame)
    np.testing.assert_allclose(boxes, [expected_box(4, 1), expected_box(1, 6)], atol=1e-4)
    np.testing.assert_allclose(scores, [0.8, 0.5], rtol=1e-5)


def test_a_larger_frame_of_the_same_scene_has_the_same_people(path):
    """63x47 is 32x24 with every second pixel."""
    depth_m = spots_m((4, 1, 1.0)).repeat(2, 0).repeat(2, 1)[:47, :63]
    boxes, scores = PersonFinder(path, threads=1)(DepthFrame(depth_m, (160, 160, 31, 23)))
    np.testing.assert_allclose(boxes, [expected_box(4, 1, 2.0)], atol=1e-4)
    np.testing.assert_allclose(scores, [0.8], rtol=1e-5)


def test_a_camera_that_is_not_known_is_65_degrees_wide(path):
    frame = DepthFrame(spots_m((4, 1, 0.5)))
    _, scores = PersonFinder(path, threads=1)(frame)
    np.testing.assert_allclose(scores, [16 / np.tan(np.radians(32.5)) / 100 / 0.5], rtol=1e-4)


def test_the_least_score_is_the_files_or_the_users(path):
    frame = DepthFrame(spots_m((4, 1, 1.0), (1, 6, 1.6)), CAMERA)
    assert len(PersonFinder(path, threads=1, least_score=0.6)(frame)[0]) == 1
    assert len(PersonFinder(path, threads=1, least_score=0.9)(frame)[0]) == 0
    with pytest.raises(ValueError, match='least_score cannot be right'):
        PersonFinder(path, least_score=1.5)


def test_a_crowd_is_cut_at_ten(path, tmp_path):
    small = write_known_detector(tmp_path / 'small.onnx', sides=(1, 1, 1, 1))
    frame = DepthFrame(
        spots_m(*[(r, c, 1 + 0.01 * (8 * r + c)) for r in (0, 2, 4) for c in (0, 2, 4, 6)]), CAMERA
    )
    _, scores = PersonFinder(small, threads=1)(frame)
    assert len(scores) == 10 and (np.diff(scores) <= 0).all()
    assert scores[0] == pytest.approx(0.8)


@pytest.mark.parametrize(
    'change, message',
    [
        (dict(format=2), 'format 2 .* Update mmpose_cmb'),
        (dict(gives='tea'), "gives tea; one that gives people's boxes"),
        (dict(input_size=[32]), 'incomplete'),
        (dict(input_size=[0, 24]), 'input_size'),
        (dict(stride=0), 'stride'),
        (dict(stride=5), 'stride'),
        (dict(stride='many'), 'incomplete'),
        (dict(nearest_m=0), 'nearest_m'),
        (dict(pixels_per_unit=-1), 'pixels_per_unit'),
        (dict(least_score=None), 'incomplete'),
        (dict(most_overlap=7), 'most_overlap'),
        (dict(input_size=[64, 24]), r'expected one input .* \[batch, 1, 24, 64\]'),
    ],
)
def test_files_that_cannot_be_right(change, message, tmp_path):
    path = write_known_detector(tmp_path / 'odd.onnx', dict(METADATA, **change))
    with pytest.raises(ValueError, match=f'odd.onnx: .*{message}'):
        PersonFinder(path)


def test_networks_of_another_kind_are_told(path, tmp_path):
    with pytest.raises(ValueError, match="known.onnx: this network gives people's boxes"):
        OnnxNetwork(path)
    joints = write_known_network(tmp_path / 'joints.onnx', METADATA_JSON)
    with pytest.raises(ValueError, match='joints.onnx: this network gives joints'):
        PersonFinder(joints)


def test_maps_of_another_size_are_told(tmp_path):
    path = write_known_detector(tmp_path / 'coarse.onnx', stride=8)
    with pytest.raises(
        ValueError, match=r'coarse.onnx: its output heat is .* expected \[1, 1, 6, 8\]'
    ):
        PersonFinder(path)(DepthFrame(spots_m(), CAMERA))


def test_a_specification_comes_back_as_it_was_written(path):
    spec = PersonFinder(path).spec
    assert parse_detector_spec(spec.to_json(), 'x') == spec
    assert spec.map_size == (8, 6)


class TestBoxesOfAFrame:
    """What becomes of the finder's boxes."""

    frame = DepthFrame(spots_m((4, 1, 1.0), (1, 6, 1.6)), CAMERA, 'one.png')

    def test_given_boxes_go_before_it(self, path):
        found = frame_boxes(self.frame, [[1, 2, 9, 9]], finder=PersonFinder(path))
        assert found.bboxes.tolist() == [[1, 2, 9, 9]]

    def test_nobody_is_nobody_and_no_guess(self, path):
        """The camera is not known either, which used to give the whole frame."""
        predictor = PosePredictor(_no_network, parse_spec(METADATA_JSON, 'x'), PersonFinder(path))
        (outcome,) = next(predictor.run(predictor.list_frames([DepthFrame(spots_m())])))
        assert outcome.persons == [] and 'no person found. If somebody' in outcome.problem
        assert outcome.boxes.camera_assumed and not outcome.failed

    def test_everybody_gets_a_skeleton(self, path, tmp_path):
        network = OnnxNetwork(write_known_network(tmp_path / 'joints.onnx', METADATA_JSON))
        persons = PosePredictor(network, network.spec, PersonFinder(path)).predict(self.frame)
        boxes = np.stack([person.bbox for person in persons])
        np.testing.assert_allclose(boxes, [expected_box(4, 1), expected_box(1, 6)], atol=1e-4)
        np.testing.assert_allclose([p.bbox_score for p in persons], [0.8, 0.5], rtol=1e-5)

    def test_holes_alone_are_not_looked_at(self):
        frame = DepthFrame(np.zeros((24, 32), np.float32), CAMERA)
        assert not len(frame_boxes(frame, finder=_no_network).bboxes)

    def test_a_network_that_gives_no_box_is_told(self, tmp_path):
        path = write_known_detector(tmp_path / 'odd.onnx', sides=(np.nan, 1, 1, 1))
        with pytest.raises(ValueError, match='odd.onnx: its output sides .* not finite'):
            frame_boxes(self.frame, finder=PersonFinder(path))
        with pytest.raises(ValueError, match='one.png: .* is not a box'):
            frame_boxes(self.frame, finder=lambda frame: ([[5, 5, 4, 9]], [0.5]))


def test_which_finder_is_taken(path, monkeypatch):
    spec = parse_spec(METADATA_JSON, 'x')
    monkeypatch.setattr(person_finder, 'shipped_detector', lambda: None)
    assert open_finder(spec) is None
    monkeypatch.setattr(person_finder, 'shipped_detector', lambda: path)
    assert isinstance(open_finder(spec), PersonFinder)
    assert open_finder(spec, 'none') is None
    # What is left without its background is the hand.
    of_hands = spec._replace(background_m=1.0)
    assert open_finder(of_hands) is None
    assert isinstance(open_finder(of_hands, path), PersonFinder)
    finder = PersonFinder(path)
    assert open_finder(spec, finder) is finder
    with pytest.raises(FileNotFoundError, match='gone.onnx: no such ONNX'):
        open_finder(spec, 'gone.onnx')


def test_the_finder_runs_where_the_network_does(path, tmp_path, monkeypatch):
    """Both are asked for by one option of the runtime."""
    asked = []

    def recorded(path, *options):
        asked.append(options)
        return exported_graph(path)

    monkeypatch.setattr(person_finder, 'exported_graph', recorded)
    monkeypatch.setattr(onnx_network, 'exported_graph', recorded)
    joints = write_known_network(tmp_path / 'joints.onnx', METADATA_JSON)
    DepthPoseRuntime(str(joints), 2, 'openvino', 'bfloat16', detector=path)
    assert asked == [(2, 'openvino', 'bfloat16')] * 2


def _no_network(*inputs):
    raise AssertionError('nothing is to be run')
