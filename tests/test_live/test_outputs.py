import json
from types import SimpleNamespace

import pytest

from mmpose_cmb.live import LiveResult
from mmpose_cmb.live.outputs import Outputs

SKELETON = SimpleNamespace(
    keypoint_names=['head', 'hand', 'foot'],
    links=[(0, 1), (1, 2)],
    link_colors=[(255, 0, 0)] * 2,
    keypoint_colors=[(0, 255, 0)] * 3,
)


@pytest.fixture
def outputs(fakes, clock):
    """Makes outputs; the lines for the user are in ``said``."""
    made = []

    def make(**options):
        said = []
        made.append(Outputs(fakes.source([]), SKELETON, said.append, clock=clock, **options))
        made[-1].said = said
        return made[-1]

    yield make
    for one in made:
        one.close()


def _result(fakes, number=0, message=None):
    return LiveResult(
        number, fakes.frame(index=number), [fakes.tracked(1)], message, arrived_s=100.5
    )


def test_frames_become_lines_and_silence_does_not(outputs, fakes, tmp_path):
    out = outputs(jsonl=str(tmp_path / 'joints.jsonl'))
    assert out(_result(fakes))
    assert out(LiveResult(1, message='no frame for 3 s'))
    out.close()
    header, frame = map(json.loads, (tmp_path / 'joints.jsonl').read_text().splitlines())
    assert header['source'] == 'scripted'
    # The clock began at 100.
    assert (frame['time_s'], frame['persons'][0]['id']) == (0.5, 1)
    assert out.lost() == []


def test_a_line_a_second_and_messages_at_once(outputs, fakes, clock):
    out = outputs()
    out(_result(fakes))
    out(_result(fakes, message='unplugged'))
    out(_result(fakes, message='unplugged'))
    assert out.said == ['   0.0 s  unplugged']
    clock.now_s += 1
    out(_result(fakes, message='unplugged'))
    assert out.said[1:] == ['   1.0 s  unplugged', '   1.0 s  -, 0 dropped, 1 person']


def test_what_fails_is_said_once_and_the_rest_goes_on(outputs, fakes, tmp_path, monkeypatch):
    """The video cannot be written; the lines can."""
    out = outputs(jsonl=str(tmp_path / 'joints.jsonl'), video=str(tmp_path / 'out.mp4'))

    def fail(*_):
        raise OSError('disk full')

    monkeypatch.setattr(out.pictures._video, 'write', fail)
    for number in range(3):
        assert out(_result(fakes, number))
        out.pictures._background._thread.join(30)
    assert out.said.count('drawing has stopped: disk full') == 1
    assert out.lost() == ['3 pictures']
    out.close()
    assert len((tmp_path / 'joints.jsonl').read_text().splitlines()) == 4


def test_a_window_ends_the_run(outputs, fakes, monkeypatch):
    shown = []

    class Window:
        def __init__(self, title):
            pass

        def show(self, picture):
            shown.append(picture)
            return len(shown) < 2

        def close(self):
            shown.append('closed')

    monkeypatch.setattr('mmpose_cmb.live.outputs.Window', Window)
    out = outputs(window=True)
    assert out(_result(fakes)) and not out(_result(fakes, 1))
    out.close()
    assert shown[-1] == 'closed'


def test_what_was_made_before_an_error_is_closed(outputs, tmp_path):
    with pytest.raises(ValueError, match='.mp4'):
        outputs(jsonl=str(tmp_path / 'a.jsonl'), video=str(tmp_path / 'b.gif'))
    assert [path.name for path in tmp_path.iterdir()] == ['a.jsonl']
