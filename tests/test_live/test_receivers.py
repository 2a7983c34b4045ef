"""The receivers that docs/live.md and projects/ show, on real lines."""

import importlib.util
import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from mmpose_cmb.live import LiveResult
from mmpose_cmb.live.joint_lines import frame_record, header_record, to_line
from mmpose_cmb.live.zmq_stream import ZmqStream

ROOT = Path(__file__).resolve().parents[2]
RECEIVERS = re.findall(
    r'^```py\n(.*?)^```$',
    (ROOT / 'docs' / 'live.md').read_text(encoding='utf-8'),
    re.MULTILINE | re.DOTALL,
)
HEADER = header_record('camera', ['head', 'hand', 'foot'], [(0, 1), (1, 2)], 0.0)


@pytest.fixture
def frame_line(fakes):
    result = LiveResult(0, fakes.frame(), [fakes.tracked(7, 10.0, 5.0)], arrived_s=1.5)
    return frame_record(result, 0.0)


def test_lines(frame_line):
    (code,) = (code for code in RECEIVERS if 'sys.stdin' in code)
    done = subprocess.run(
        [sys.executable, '-c', code],
        input=to_line(HEADER) + 2 * to_line(frame_line),
        capture_output=True,
        check=True,
    )
    assert done.stdout.decode().splitlines() == 2 * ['1.5 7 [10.0, 5.0]']


def test_zeromq(frame_line):
    (code,) = (code for code in RECEIVERS if 'zmq' in code)
    stream = ZmqStream('tcp://127.0.0.1:*', to_line(HEADER))
    assert 'tcp://127.0.0.1:5556' in code
    receiver = subprocess.Popen(
        [sys.executable, '-c', code.replace('tcp://127.0.0.1:5556', stream.address)],
        stdout=subprocess.PIPE,
        text=True,
    )
    heard = threading.Event()

    def send():
        while not heard.wait(0.01):
            stream.send(to_line(frame_line))

    sender = threading.Thread(target=send)
    sender.start()
    try:
        assert receiver.stdout.readline() == '1.5 7 [10.0, 5.0]\n'
    finally:
        heard.set()
        sender.join()
        receiver.kill()
        receiver.wait()
        receiver.stdout.close()
        stream.close()


def test_they_are_short():
    assert len(RECEIVERS) == 2
    for code in RECEIVERS:
        assert len([line for line in code.splitlines() if line]) <= 11


def test_ros_markers(frame_line):
    path = ROOT / 'projects' / 'live_ros2' / 'markers.py'
    spec = importlib.util.spec_from_file_location('markers', path)
    markers = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(markers)
    (person,) = frame_line['persons']
    head, hand, foot = person['keypoints_cam']
    links = HEADER['skeleton_links']
    assert markers.link_points(person, links) == [head, hand, hand, foot]
    person['keypoint_scores'][2] = 0.1
    assert markers.link_points(person, links) == [head, hand]
    person['keypoints_cam'][0] = [None] * 3
    assert markers.link_points(person, links) == []
    del person['keypoints_cam']
    assert markers.link_points(person, links) == []
