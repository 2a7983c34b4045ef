import json

import numpy as np
import pytest

from mmpose_cmb.live import LiveResult
from mmpose_cmb.live.joint_lines import frame_record, header_record, to_line

NAMES = ['head', 'hand', 'foot']


def test_the_header_says_what_stays():
    line = to_line(header_record('a camera', NAMES, [(0, 1), (1, 2)], 1700000000.25))
    assert line.endswith(b'\n') and line.count(b'\n') == 1
    assert json.loads(line) == dict(
        type='header',
        format='mmpose_cmb.live',
        version=1,
        source='a camera',
        began_unix_s=1700000000.25,
        keypoint_names=NAMES,
        skeleton_links=[[0, 1], [1, 2]],
    )


def test_a_frame_says_who_is_where(fakes):
    frame = fakes.frame(index=41)
    frame.time_s = 7.5
    person = fakes.tracked(3, 10.0, 5.0)
    result = LiveResult(40, frame, [person], 'a "message"\n', arrived_s=102.25, dropped=2)
    line = to_line(frame_record(result, began_s=100.0))
    assert line.count(b'\n') == 1
    assert json.loads(line) == dict(
        type='frame',
        format='mmpose_cmb.live',
        version=1,
        number=40,
        frame=41,
        time_s=2.25,
        sensor_time_s=7.5,
        dropped=2,
        message='a "message"\n',
        persons=[
            dict(
                id=3,
                bbox=[[10, 5, 20, 15]],
                bbox_score=1,
                keypoints=[[10, 5], [15, 10], [20, 15]],
                keypoint_scores=[pytest.approx(0.8)] * 3,
                keypoints_cam=[[0.5, 0.25, 2], [0.75, 0.5, 2], [1, 0.75, 2]],
            )
        ],
    )


def test_what_is_not_known_is_null_or_missing_and_no_nan(fakes):
    flat, holey = fakes.tracked(1, cam=False), fakes.tracked(2)
    holey.keypoints_cam[1] = np.nan
    record = json.loads(
        to_line(frame_record(LiveResult(0, fakes.frame(), [flat, holey], arrived_s=1.0), 0.0)),
        parse_constant=lambda name: pytest.fail(name),
    )
    assert 'keypoints_cam' not in record['persons'][0]
    assert record['persons'][1]['keypoints_cam'][1] == [None] * 3
    assert record['sensor_time_s'] is None and record['message'] is None
