"""No run is done twice at a time, and none is blocked for ever."""
import json
import os
import subprocess
import sys
import time

from learning_study.claims import (STALE_AFTER_S, Claim, is_claimed,
                                   machine_id)


def claim_of(folder, pid, machine=None):
    folder.mkdir(exist_ok=True)
    path = folder / 'claim.other'
    path.write_text(
        json.dumps(dict(machine=machine or machine_id(), pid=pid)))
    return path


def ended_process():
    process = subprocess.Popen([sys.executable, '-c', ''])
    process.wait()
    return process.pid


def test_one_at_a_time(tmp_path):
    with Claim(tmp_path) as first:
        assert first.held and is_claimed(tmp_path)
        with Claim(tmp_path) as second:
            assert not second.held
        assert is_claimed(tmp_path)
    assert not is_claimed(tmp_path)
    assert not list(tmp_path.iterdir())
    with Claim(tmp_path) as third:
        assert third.held


def test_a_claim_of_an_ended_process_is_void(tmp_path):
    other = claim_of(tmp_path, ended_process())
    assert not is_claimed(tmp_path)
    with Claim(tmp_path) as claim:
        assert claim.held and not other.exists()


def test_a_claim_of_a_living_process_holds(tmp_path):
    other = claim_of(tmp_path, os.getpid())
    assert is_claimed(tmp_path)
    with Claim(tmp_path) as claim:
        assert not claim.held
    assert other.exists()


def test_elsewhere_the_heartbeat_decides(tmp_path):
    """A process number of another machine says nothing here."""
    other = claim_of(tmp_path, ended_process(), 'another machine')
    assert is_claimed(tmp_path)
    with Claim(tmp_path) as claim:
        assert not claim.held
    old = time.time() - STALE_AFTER_S - 60
    os.utime(other, (old, old))
    assert not is_claimed(tmp_path)
    with Claim(tmp_path) as claim:
        assert claim.held


def test_the_heartbeat_beats(tmp_path, monkeypatch):
    monkeypatch.setattr('learning_study.claims.HEARTBEAT_S', 0.02)
    with Claim(tmp_path) as claim:
        os.utime(claim.path, (1., 1.))
        end = time.monotonic() + 20
        while claim.path.stat().st_mtime < 2 and time.monotonic() < end:
            time.sleep(0.02)
        assert claim.path.stat().st_mtime > 2
