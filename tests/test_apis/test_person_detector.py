"""A detector in place of MMDetection's, which needs compiled ops."""

import sys
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
import torch
from mmengine.structures import InstanceData

from mmpose_cmb.apis import DepthPoseInferencer, person_detector
from mmpose_cmb.apis.person_detector import PersonDetector, as_picture
from mmpose_cmb.depth.frame import DepthFrame

from .conftest import INTRINSICS, person_frame

# x1, y1, x2, y2, score, class.
FOUND = torch.tensor(
    [
        [100, 30, 200, 235, 0.9, 0],
        [101, 31, 200, 235, 0.8, 0],
        [10, 30, 90, 200, 0.7, 2],
        [210, 20, 300, 235, 0.5, 0],
        [0, 0, 50, 50, 0.1, 0],
    ]
)


@pytest.fixture
def mmdet_detector(monkeypatch):
    """MMDetection's DetInferencer that finds FOUND; what it was given."""
    seen = []

    class Detector:
        def __init__(self, model, weights, device, show_progress):
            seen.append((model, weights, device))

        def __call__(self, picture, return_datasamples, no_save_vis):
            seen.append(picture)
            found = InstanceData(bboxes=FOUND[:, :4], scores=FOUND[:, 4], labels=FOUND[:, 5])
            return dict(predictions=[SimpleNamespace(pred_instances=found)])

    module = ModuleType('mmdet.apis')
    module.DetInferencer = Detector
    monkeypatch.setitem(sys.modules, 'mmdet.apis', module)
    monkeypatch.setattr(person_detector, 'has_compiled_ops', lambda: True)
    return seen


def test_persons_that_count(mmdet_detector):
    detector = PersonDetector('det.py', 'det.pth', 0, 'cpu')
    frame = DepthFrame(person_frame())
    boxes = detector(frame, bbox_thr=0.3, nms_thr=0.3)
    np.testing.assert_allclose(boxes, FOUND[[0, 3], :5])
    boxes = PersonDetector('det.py', cat_ids=(0, 2))(frame, 0.05, 0.999)
    assert len(boxes) == 5
    assert mmdet_detector[0] == ('det.py', 'det.pth', 'cpu')
    np.testing.assert_array_equal(mmdet_detector[1], as_picture(person_frame()))


def test_in_the_inferencer(mmdet_detector, config, weights):
    inferencer = DepthPoseInferencer(
        config, weights, 'cpu', det_model='det.py', det_weights='det.pth'
    )
    frame = DepthFrame(person_frame(), INTRINSICS)
    (result,) = inferencer(frame)
    (persons,) = result['predictions']
    assert [person['bbox_score'] for person in persons] == pytest.approx([0.9, 0.5])
    # The user's own boxes go before.
    (result,) = inferencer(frame, bboxes=[FOUND[2:3, :4].numpy()])
    np.testing.assert_allclose(np.ravel(result['predictions'][0][0]['bbox']), FOUND[2, :4])


def test_near_is_bright_and_holes_are_black():
    depth_m = np.float32([[1, 2], [3, 0]])
    picture = as_picture(depth_m)
    assert picture.shape == (2, 2, 3) and picture.dtype == np.uint8
    assert picture[0, 0, 0] > picture[0, 1, 0] > picture[1, 0, 0] > 0
    assert not picture[1, 1].any()


def test_mmcv_lite_is_named(monkeypatch):
    monkeypatch.setattr(person_detector, 'has_compiled_ops', lambda: False)
    with pytest.raises(RuntimeError, match='full mmcv.*leave det_model out'):
        PersonDetector('rtmdet')
