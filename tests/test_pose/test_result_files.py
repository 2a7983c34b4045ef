"""The one form of results."""

import json

import numpy as np
import pytest

from mmpose_cmb.depth.frame import DepthFrame, PersonPose
from mmpose_cmb.depth.frame_reader import list_frames
from mmpose_cmb.pose.model_spec import parse_spec
from mmpose_cmb.pose.predictor import FrameOutcome
from mmpose_cmb.pose.result_files import FileNames, PredictionWriter, person_record
from mmpose_cmb.pose.run_report import RunReport

from ..known_network import METADATA_JSON

PERSON = PersonPose(
    np.float32([[1, 2], [3, np.nan]]),
    np.float32([0.5, 0.25]),
    np.float32([0, 1, 2, 3]),
    0.75,
    np.float32([[1, 2, 3], [4, np.inf, 6]]),
)


def test_a_person():
    assert person_record(PERSON) == dict(
        keypoints=[[1, 2], [3, None]], keypoint_scores=[0.5, 0.25],
        bbox=[[0, 1, 2, 3]], bbox_score=0.75,
        keypoints_cam=[[1, 2, 3], [4, None, 6]])  # yapf: disable


def test_names(tmp_path):
    stack = np.ones((2, 40, 40), np.float32)
    for folder in 'ab':
        (tmp_path / folder).mkdir()
        np.save(tmp_path / folder / 'x.npy', stack[0])
    np.save(tmp_path / 'many.npy', stack)
    np.save(tmp_path / 'summary.npy', stack[0])
    references = list_frames(
        [str(tmp_path / name) for name in ('a/x.npy', 'b/x.npy', 'many.npy', 'summary.npy')]
    )
    names = FileNames()
    assert [names.stem_of_record(r) for r in references] == [
        'x',
        'x_2',
        'many_000000',
        'many_000001',
        'summary_2',
    ]
    assert names.stem(references[0]) == 'x'  # asked again


@pytest.fixture
def outcomes(tmp_path):
    np.save(tmp_path / 'many.npy', np.ones((2, 40, 40), np.float32))
    one = DepthFrame(np.ones((40, 40), np.float32), (40.0, 40.0, 20.0, 19.0), 'one')
    references = list_frames([one, str(tmp_path / 'many.npy'), 'no.png'])
    found = [FrameOutcome(r, persons=[PERSON]) for r in references]
    found[0].frame = one
    found[0].notes = ['said']
    found[2].persons, found[2].problem = [], 'many[1]: no person found'
    found[3].persons, found[3].problem = [], 'no.png: no such file'
    found[3].failed, found[3].notes = True, ['said']
    return found


def test_files(outcomes, tmp_path):
    out = tmp_path / 'out'
    skeleton = parse_spec(METADATA_JSON, 'x').skeleton
    writer = PredictionWriter(str(out), FileNames(), skeleton)
    for outcome in outcomes:
        writer.add(outcome)
    writer.close()
    read = {p.name: json.loads(p.read_text()) for p in out.iterdir()}
    assert read['one.json'] == [person_record(PERSON)]
    assert read['many.json'] == [
        dict(frame_id=0, instances=[person_record(PERSON)]),
        dict(frame_id=1, instances=[]),
    ]
    assert read['no.json'] == []
    summary = read['summary.json']
    assert summary['format'] == 1
    assert summary['meta_info'] == dict(
        dataset_name='pair', keypoints=['head', 'foot'], skeleton_links=[[0, 1]]
    )
    assert [frame['persons'] for frame in summary['frames']] == [1, 1, 0, 0]
    assert summary['frames'][0] == dict(
        frame_id=0, name='one', time_s=None, unit_m=None,
        intrinsics=[40, 40, 20, 19], camera_assumed=False, predictions='one.json',
        persons=1, problem=None)  # yapf: disable
    assert summary['frames'][3]['problem'] == 'no.png: no such file'


def test_report(outcomes):
    told = []
    report = RunReport(told.append)
    report.add(outcomes[0])
    assert report.lines() == ['1 person in 1 frame']
    assert report.exit_status == 0
    for outcome in outcomes[1:]:
        report.add(outcome)
    assert report.lines() == [
        '2 persons in 4 frames; 2 frames without a person, 1 of them unusable',
        '    many[1]: no person found',
        '    no.png: no such file',
    ]
    assert report.exit_status == 1
    assert told == ['said']
