"""The list of runs, the variants, the subsets and the rounds."""

import argparse

import numpy as np
import pandas as pd
import pytest
from learning_study.plan import Run, make_runs
from learning_study.round_record_hook import is_over
from learning_study.round_sampler import RoundSampler, subset_indices
from learning_study.settings import SCALES, add_options, chosen_settings
from learning_study.spreads import ACCURACY
from learning_study.study_folder import Study, StudyFolder
from learning_study.variants import KNOWN, Variant, find_variants, title


def test_runs_are_the_grid_seed_by_seed():
    runs = make_runs('ab', [50, 10, 100], [1, 0], ['none', 'weight_decay'])
    assert len(runs) == len(set(runs)) == 24
    assert [run.seed for run in runs] == [0] * 12 + [1] * 12
    # Every variant early.
    assert {run.variant for run in runs[:2]} == {'a', 'b'}
    assert len(set(map(str, runs))) == 24
    assert str(Run('cmb', 10, 0)) == 'cmb/010_seed0'
    for fractions, seeds in (([0], [0]), ([101], [0]), ([10], [-1])):
        with pytest.raises(ValueError, match='between 1 and 100'):
            make_runs('a', fractions, seeds)


def test_variants_by_name_and_by_path(tmp_path):
    own = tmp_path / 'sequences' / 'mine.py'
    own.parent.mkdir()
    own.write_text('')
    found = find_variants(['cmb', 'rtmpose_s', 'cmb_k2hpd', f'mine={own}'], rates=dict(cmb=0.002))
    assert list(found) == ['cmb', 'rtmpose_s', 'cmb_k2hpd', 'mine']
    assert found['cmb'].config.endswith('ablations/cmb.py')
    assert found['cmb'].learning_rate == 0.002
    assert found['rtmpose_s'].config.endswith('mmpose_networks/rtmpose_s.py')
    # What a variant learns from is said, whatever its folder is called.
    assert found['mine'] == Variant(str(own), motions=False)
    found = find_variants([f'mine={own}', 'cmb'], motions=['mine'])
    assert found['mine'].motions and not found['cmb'].motions
    for arguments, message in (
        (['no_such_network'], 'no variant .*without_cmb'),
        (['cmb', f'cmb={own}'], 'two configs'),
        ([f'../up={own}'], 'cannot name'),
    ):
        with pytest.raises((FileNotFoundError, ValueError), match=message):
            find_variants(arguments)
    with pytest.raises(ValueError, match='names rtmpose_s'):
        find_variants(['cmb'], rates=dict(rtmpose_s=1.0))


def test_known_variants_have_configs():
    found = find_variants(list(KNOWN))
    assert {name for name in found if found[name].motions} == {
        'conv_gru',
        'conv_lstm',
        'cmb_sequences',
        'cmb_sequences_shuffled',
    }
    assert title('cmb') == 'CMB' and title('mine') == 'mine'


def test_a_study_keeps_its_settings(tmp_path):
    folder, settings = StudyFolder(tmp_path), SCALES['toy'].settings

    def begin(settings=settings, data='data', command='a', **variants):
        folder.begin(Study(settings, data, variants, [command]), make_runs(variants, [10], [0]))

    begin(cmb=Variant('a.py', learning_rate=0.002))
    begin(command='b', mine=Variant('b.py', motions=True))
    study = folder.study()
    assert study.commands == ['a', 'b'] and study.settings == settings
    assert study.variants['mine'] == Variant('b.py', motions=True)
    assert study.settings_of('cmb').learning_rate == 0.002
    assert study.settings_of('mine').learning_rate == 0.004
    assert folder.states() == {Run('cmb', 10, 0): 'to come', Run('mine', 10, 0): 'to come'}
    for change, message in (
        (dict(settings=chosen_settings('toy', dict(iterations=18))), 'iterations was 12, is 18'),
        (dict(data='other'), 'data was data, is other'),
        (dict(cmb=Variant('c.py', learning_rate=0.002)), 'config of cmb was a.py, is c.py'),
        (dict(cmb=Variant('a.py')), 'learning_rate of cmb was 0.002'),
    ):
        with pytest.raises(ValueError, match=message):
            begin(**change)


def test_settings_are_options():
    parser = argparse.ArgumentParser()
    add_options(parser)
    options = vars(parser.parse_args(['--iterations', '600', '--bf16']))
    changed = chosen_settings('cpu', options)
    assert (changed.iterations, changed.bf16) == (600, True)
    assert changed.input_px == 64 and not changed.resample_subsets
    assert chosen_settings('gpu', {}) == SCALES['gpu'].settings
    # Where the paper switches r.
    assert SCALES['gpu'].settings.ratio_switch == 10000
    with pytest.raises(ValueError, match='601 iterations .* rounds of 200'):
        chosen_settings('cpu', dict(iterations=601))
    with pytest.raises(ValueError, match='batch_size must be positive'):
        chosen_settings('cpu', dict(batch_size=0))


@pytest.mark.parametrize(
    'accuracies, over',
    [
        # Gains of 0.4 add up to one: the last was in round 3.
        ([70.0, 70.4, 70.8], False),
        ([70.0, 70.4, 70.3, 70.5], True),
        ([70.0, 70.4, 70.3, 70.6], False),
        # What was lost and found again is none.
        ([71.0, 70.0, 71.0], False),
        ([71.0, 70.0, 71.0, 71.4], True),
    ],
)
def test_a_run_is_over_when_gains_stay_away(accuracies, over):
    """Rounds of 200 iterations, a patience of 600, half a point."""
    rows = [{'iteration': 200 * i, ACCURACY: a} for i, a in enumerate(accuracies, 1)]
    rounds = pd.DataFrame(rows)
    assert is_over(rounds, 600, 0.5) == is_over(rounds[::-1], 600, 0.5) == over


def test_subsets_are_nested_and_fixed_by_the_seed():
    subsets = [set(subset_indices(2700, f, 0)) for f in (10, 25, 50, 75, 100)]
    assert [len(s) for s in subsets] == [270, 675, 1350, 2025, 2700]
    for smaller, larger in zip(subsets, subsets[1:]):
        assert smaller < larger
    other = set(subset_indices(2700, 10, 1))
    # Independent draws of a tenth have about a hundredth in common.
    assert len(other & subsets[0]) < 80
    assert len(subset_indices(5, 1, 0)) == 1


def test_subsets_of_motions_hold_whole_motions():
    chosen = subset_indices(200, 25, 0, 10)
    numbers, counts = np.unique(chosen // 10, return_counts=True)
    assert len(numbers) == 5 and set(counts) == {10}
    assert set(chosen) < set(subset_indices(200, 50, 0, 10))


@pytest.mark.parametrize('size', [3, 16, 50])
def test_rounds_feed_all_samples_alike(size):
    sampler = RoundSampler(range(size), 24, size, seed=5)
    fed = []
    for epoch in range(6):
        sampler.set_epoch(epoch)
        fed.append(list(sampler))
        assert len(fed[-1]) == len(sampler) == 24
    stream = np.concatenate(fed)
    counts = np.bincount(stream, minlength=size)
    assert counts.max() - counts.min() <= 1
    # Every pass is whole, and they are not alike.
    passes = stream[: len(stream) // size * size].reshape(-1, size)
    assert (np.sort(passes) == np.arange(size)).all()
    assert len({tuple(p) for p in passes}) > 1
    # A resumed run begins with any round.
    resumed = RoundSampler(range(size), 24, size, seed=5)
    resumed.set_epoch(4)
    assert list(resumed) == fed[4]
    assert list(RoundSampler(range(size), 24, size, seed=6)) != fed[0]


def test_rounds_of_motions_go_through_each_in_its_order():
    sampler = RoundSampler(range(28), 30, 28, sequence_length=4, side_by_side=3, shuffle=False)
    sampler.set_epoch(1)
    rows = np.reshape(list(sampler), (10, 3))
    # A round takes nine motions; the second one begins with the tenth.
    for step, row in enumerate(rows):
        group, frame = divmod(step, 4)
        motions = [(9 + 3 * group + i) % 7 for i in range(3)]
        assert row.tolist() == [4 * motion + frame for motion in motions]


@pytest.mark.parametrize('fraction', [10, 50])
def test_only_the_subset_is_fed(fraction):
    sampler = RoundSampler(range(60), 120, 60, fraction, subset_seed=[3])
    assert set(sampler) == set(subset_indices(60, fraction, 3))
    motions = RoundSampler(
        range(28), 56, 28, fraction, subset_seed=1, sequence_length=4, side_by_side=2
    )
    assert set(motions) == set(subset_indices(28, fraction, 1, 4))


def test_frames_that_do_not_fit_are_refused():
    for size, wanted, length in ((59, 60, 1), (28, 28, 10)):
        with pytest.raises(ValueError, match=f'{size} usable frames'):
            RoundSampler(range(size), 24, wanted, sequence_length=length)
