"""Interleaved timing, counts, memory, and the report."""

import csv
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from mmpose_cmb.benchmarking.backends import BACKENDS, Measured, can_run, prepare
from mmpose_cmb.benchmarking.networks import (
    BareNetwork,
    NetworkFigures,
    build_model,
    figures_of,
    fits,
)
from mmpose_cmb.benchmarking.peak_memory import with_peak_memory
from mmpose_cmb.benchmarking.report import COLORS, HEADER, comparisons, draw, table, write_csv
from mmpose_cmb.benchmarking.rounds import Cell, Rounds
from mmpose_cmb.models.folding import fold_for_inference

REPOSITORY = Path(__file__).resolve().parents[2]
OURS = Cell(192, 'cmb', 'onnxruntime', 1)
FOLDED = OURS._replace(backend='onnxruntime-folded')
OTHER = OURS._replace(network='cpm')


def test_rounds_are_interleaved_and_gone_on_with(tmp_path):
    calls, lines = [], []
    runners = {
        OURS: lambda: calls.append('ours'),
        OURS._replace(batch=4): lambda: calls.append('batch'),
    }
    path = tmp_path / 'rounds.csv'
    Rounds(path).run(runners, 2, lines.append)
    # One warm call, then three of a batch of 1 and one of a larger one.
    assert calls == 2 * (4 * ['ours'] + 2 * ['batch'])
    assert lines == ['round 1 of 2', 'round 2 of 2']

    again = Rounds(path)
    again.run(runners, 2, lines.append)
    assert len(calls) == 12
    again.run(runners, 3, lines.append)
    assert len(calls) == 18
    with open(path) as file:
        assert [row['round'] for row in csv.DictReader(file)] == ['1', '1', '2', '2', '3', '3']
    # A network that was not timed before needs rounds of its own.
    again.run({OTHER: lambda: calls.append('other')}, 1, lines.append)
    assert again.finished([OTHER]) == [4]
    assert again.finished([OURS]) == [1, 2, 3]


def test_rounds_count_with_the_clock_they_are_given(tmp_path):
    ticks = iter(range(100))
    rounds = Rounds(tmp_path / 'rounds.csv', lambda: 3 * next(ticks))
    rounds.run({OURS: lambda: None}, 1, lambda line: None)
    # Three calls between two ticks.
    assert rounds.median(OURS) == 1


def known_rounds(path):
    rounds = Rounds(path)
    for number, drift in ((1, 1.0), (2, 1.0), (3, 5.0)):
        for cell, seconds in ((OURS, 0.06), (FOLDED, 0.04), (OTHER, 0.48)):
            rounds.seconds[cell][number] = drift * seconds
            rounds.seconds[cell._replace(batch=8)][number] = 8 * seconds
    return rounds


def test_table_comparisons_and_plot_of_known_times(tmp_path):
    rounds = known_rounds(tmp_path / 'rounds.csv')
    measured = [
        Measured(OURS, NetworkFigures(3_310_000, 5_730_000_000), 13_500_000, 40_000_000),
        Measured(FOLDED, NetworkFigures(3_800_000, 4_000_000_000), 14_000_000, None),
        Measured(OTHER, NetworkFigures(31_200_000, 47_800_000_000), 125_000_000, 300_000_000),
    ]
    rows = [dict(zip(HEADER, row)) for row in table(measured, rounds, 8)]
    assert [row['latency, ms'] for row in rows] == ['60.0', '40.0', '480.0']
    assert [row['beside cmb'] for row in rows] == ['1.00', '1.00', '8.00']
    assert [row['crops/s'] for row in rows] == ['16.7', '25.0', '2.1']
    assert [row['peak, MB'] for row in rows] == ['40', '', '300']
    assert rows[0]['multiply-adds, G'] == '5.73'

    found = {what: (paper, value) for what, paper, value in comparisons(measured, rounds)}
    assert found['multiply-adds, onnxruntime, 192 px'] == ('5.4 GFLOPs', '5.73 G')
    assert found['folded against not, onnxruntime, 192 px'] == ('', '1.50 times')
    assert found['cmb at 192 px (onnxruntime-folded) against cpm at 192 px (onnxruntime)'] == (
        '',
        '12.00 times',
    )

    plainly = OURS._replace(backend='onnxruntime-plainly-folded')
    rounds.seconds[plainly].update({1: 0.048, 2: 0.06, 3: 0.22})
    both = [Measured(cell, NetworkFigures(1, 1), 1, None) for cell in (FOLDED, plainly)]
    # 0.048 / 0.04, 0.06 / 0.04 and 0.22 / 0.2.
    assert comparisons(both, rounds)[-1] == (
        'cmb, rows in pairs against folding without, 192 px',
        '',
        '1.20 times (1.15 to 1.35)',
    )

    light = FOLDED._replace(network='cmb_light')
    rtmpose = OURS._replace(network='rtmpose_s')
    rounds.seconds[light].update({1: 0.012, 2: 0.06, 3: 0.011})
    rounds.seconds[rtmpose].update({1: 0.010, 2: 0.05, 3: 0.010})
    both = [Measured(cell, NetworkFigures(1, 1), 1, None) for cell in (light, rtmpose)]
    assert comparisons(both, rounds) == [
        (
            'cmb_light (onnxruntime-folded) in times of rtmpose_s (onnxruntime), 192 px',
            '',
            '1.20 times',
        )
    ]

    written = write_csv(tmp_path / 'table.csv', HEADER, table(measured, rounds, 8))
    with open(written) as file:
        assert next(csv.DictReader(file))['file, MB'] == '13.5'
    picture = draw(tmp_path / 'latency.png', measured, rounds, 'title')
    assert picture.read_bytes()[:4] == b'\x89PNG'


def test_counts_of_the_papers_network_and_of_its_folded_form():
    model = build_model('cmb', 192)
    plain = figures_of(model, BareNetwork(model), 192)
    assert round(plain.multiply_adds / 1e9, 2) == 5.71
    assert round(plain.parameters / 1e6, 2) == 3.31
    # Without the memory's half: 32, 64, 128 channels at 96, 48, 24 cells.
    # A depthwise 1x1 convolution is new in each block.
    memory = sum((9 * c - 1) * c * s * s for c, s in ((32, 96), (64, 48), (128, 24)))
    # 20 of 36 products of the upsampled half are left out.
    upsampled = 48**2 * 9 * 256 * 128 + 96**2 * 9 * 128 * 64
    folded = figures_of(model, BareNetwork(fold_for_inference(model)), 192)
    assert folded.multiply_adds == (plain.multiply_adds - memory - upsampled * 20 // 36)
    pairs = figures_of(model, BareNetwork(fold_for_inference(model, 'onnxruntime')), 192)
    assert pairs.multiply_adds < folded.multiply_adds < 5e9
    assert pairs.parameters == folded.parameters == plain.parameters


def test_peak_memory_of_an_array():
    array, peak = with_peak_memory(lambda: np.ones(25_000_000))
    if peak is None:
        pytest.skip('this system does not tell')
    assert 0.9 < peak / array.nbytes < 1.2


def test_which_networks_run_how():
    assert fits('hourglass52', 256) and not fits('hourglass52', 192)
    assert fits('cmb', 200) and not fits('rtmpose_s', 200)
    assert can_run('cmb', 'compiled') and can_run('cpm', 'onnxruntime')
    assert not can_run('cpm', 'compiled') and not can_run('cpm', 'folded')


@pytest.mark.parametrize('backend', ['folded', 'onnxruntime-folded'])
def test_a_network_is_made_ready(backend, tmp_path):
    cell = Cell(64, 'cmb', backend, 1)
    runners, measured = prepare(cell, 2, 'cpu', 1, tmp_path)
    assert set(runners) == {cell, cell._replace(batch=2)}
    for run in runners.values():
        run()
    assert measured.figures.multiply_adds > 1e8
    assert measured.file_bytes > 4 * measured.figures.parameters
    files = sorted(path.name for path in tmp_path.iterdir())
    assert files == (
        []
        if backend == 'folded'
        else ['cmb_onnxruntime-folded_64px_batch1.onnx', 'cmb_onnxruntime-folded_64px_batch2.onnx']
    )


def test_the_exported_graph_computes_the_same(tmp_path):
    onnxruntime = pytest.importorskip('onnxruntime')
    from mmpose_cmb.benchmarking.backends import bare_network, export_network

    model = build_model('cmb', 64)
    for part in model.modules():
        if isinstance(part, torch.nn.BatchNorm2d):
            part.running_var.uniform_(0.5, 2)
    path = export_network(bare_network(model, 'onnxruntime-folded'), 64, 2, tmp_path / 'a.onnx')
    crops = torch.rand(2, 1, 64, 64)
    with torch.no_grad():
        expected = BareNetwork(model)(crops).numpy()
    session = onnxruntime.InferenceSession(str(path), providers=['CPUExecutionProvider'])
    actual = session.run(None, {'input': crops.numpy()})[0]
    np.testing.assert_allclose(actual, expected, atol=1e-5 * np.abs(expected).max())


def test_the_tool_ends_with_one_line_where_nothing_fits(tmp_path):
    result = subprocess.run(
        [
            sys.executable,
            str(REPOSITORY / 'tools' / 'benchmark.py'),
            '--models',
            'hourglass52',
            '--size',
            '64',
            '--out-dir',
            str(tmp_path),
        ],
        capture_output=True,
        text=True,
    )
    assert result.returncode == 2
    assert 'error: none of the models takes one of the sizes' in result.stderr
    assert 'hourglass52 does not take 64 px' in result.stdout


def test_every_way_has_a_colour():
    assert set(COLORS) == set(BACKENDS)
