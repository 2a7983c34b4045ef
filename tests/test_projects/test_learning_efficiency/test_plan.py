"""The list of runs, the subsets and the rounds."""
import numpy as np
import pytest
from learning_study.plan import (Run, find_configs, iterations_of, make_runs,
                                 share_of)
from learning_study.round_sampler import (RoundSampler,
                                          RoundSequenceBatchSampler)
from learning_study.settings import SCALES, make_settings
from learning_study.subsets import subset_indices


def test_runs_are_the_grid_seed_by_seed():
    runs = make_runs(['a', 'b'], [10, 50, 100], [0, 1])
    assert len(runs) == len(set(runs)) == 12
    assert set(runs) == {
        Run(variant, fraction, seed)
        for variant in 'ab' for fraction in (10, 50, 100) for seed in (0, 1)
    }
    assert [run.seed for run in runs] == [0] * 6 + [1] * 6
    assert runs == make_runs(['a', 'b'], [10, 50, 100], [0, 1])


@pytest.mark.parametrize('shares', [1, 2, 3, 7, 20])
def test_shares_are_all_runs_and_none_twice(shares):
    runs = make_runs(['a', 'b', 'c', 'd'], [10, 50, 100], [0])
    parts = [share_of(runs, (i + 1, shares)) for i in range(shares)]
    assert sorted(run for part in parts for run in part) == sorted(runs)
    assert max(map(len, parts)) - min(map(len, parts)) <= 1


def test_each_share_has_costly_and_cheap_variants():
    """As many shares as variants must not give each share one variant."""
    runs = make_runs(['a', 'b', 'c', 'd'], [10, 25, 50, 100], [0])
    for i in range(4):
        assert len({run.variant for run in share_of(runs, (i + 1, 4))}) > 1


def test_a_share_out_of_range_is_refused():
    with pytest.raises(ValueError, match='1 <= I <= N, got 3/2'):
        share_of([], (3, 2))


def test_configs_by_name_and_by_path(tmp_path):
    own = tmp_path / 'mine.py'
    own.write_text('')
    found = find_configs(['cmb', 'rtmpose_s', 'cmb_k2hpd', f'mine={own}'])
    assert list(found) == ['cmb', 'rtmpose_s', 'cmb_k2hpd', 'mine']
    assert found['cmb'].endswith('ablations/cmb.py')
    assert found['rtmpose_s'].endswith('peers/rtmpose_s.py')
    assert found['mine'] == str(own)
    with pytest.raises(FileNotFoundError, match='no variant .*without_cmb'):
        find_configs(['no_such_network'])
    with pytest.raises(ValueError, match='two configs'):
        find_configs(['cmb', f'cmb={own}'])
    with pytest.raises(ValueError, match='cannot name'):
        find_configs([f'../up={own}'])


def test_subsets_are_nested_and_fixed_by_the_seed():
    subsets = [set(subset_indices(2700, f, 0)) for f in (10, 25, 50, 75, 100)]
    assert [len(s) for s in subsets] == [270, 675, 1350, 2025, 2700]
    for smaller, larger in zip(subsets, subsets[1:]):
        assert smaller < larger
    assert subsets[-1] == set(range(2700))
    assert subset_indices(2700, 10, 0) == sorted(subsets[0])
    other = set(subset_indices(2700, 10, 1))
    # Independent draws of a tenth have about a hundredth in common.
    assert len(other & subsets[0]) < 80
    assert subset_indices(5, 1, 0) and len(subset_indices(5, 1, 0)) == 1


def test_subsets_of_motions_hold_whole_motions():
    motions = np.arange(200) // 10
    chosen = np.array(subset_indices(200, 25, 0, motions))
    assert len(chosen) == 50
    numbers, counts = np.unique(motions[chosen], return_counts=True)
    assert len(numbers) == 5 and set(counts) == {10}
    assert set(chosen) < set(subset_indices(200, 50, 0, motions))


@pytest.mark.parametrize('fraction', [0, 101])
def test_a_fraction_is_a_percentage(fraction):
    with pytest.raises(ValueError, match='between 1 and 100'):
        subset_indices(10, fraction, 0)


@pytest.mark.parametrize('size', [3, 16, 50])
def test_rounds_feed_all_samples_alike(size):
    sampler = RoundSampler(range(size), 24, size, seed=5)
    fed = []
    for epoch in range(6):
        sampler.set_epoch(epoch)
        fed.append(list(sampler))
        assert len(fed[-1]) == len(sampler) == 24
    counts = np.bincount(np.concatenate(fed), minlength=size)
    assert counts.max() - counts.min() <= 1
    # Every pass is whole, and they are not alike.
    stream = np.concatenate(fed)
    passes = stream[:len(stream) // size * size].reshape(-1, size)
    assert (np.sort(passes) == np.arange(size)).all()
    assert len({tuple(p) for p in passes}) > 1
    # A resumed run begins with any round.
    resumed = RoundSampler(range(size), 24, size, seed=5)
    resumed.set_epoch(4)
    assert list(resumed) == fed[4]
    other = RoundSampler(range(size), 24, size, seed=6)
    assert list(other) != fed[0]


class Motions:
    """Seven motions of four frames."""

    def __len__(self):
        return 28

    def get_data_info(self, index):
        return dict(sequence_index=index // 4)


def test_rounds_of_motions_go_through_each_in_its_order():
    sampler = RoundSampler(
        Motions(), 30, 28, sequence_length=4, shuffle=False)
    batches = RoundSequenceBatchSampler(sampler, batch_size=3)
    assert len(batches) == 10
    sampler.set_epoch(1)
    rows = np.array(list(batches))
    assert rows.shape == (10, 3)
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
        Motions(), 24, 28, fraction, subset_seed=1, sequence_length=4)
    batches = RoundSequenceBatchSampler(motions, batch_size=2)
    fed = {frame for epoch in range(4) for frame in
           [motions.set_epoch(epoch)] and np.ravel(list(batches)).tolist()}
    assert fed == set(subset_indices(28, fraction, 1, np.arange(28) // 4))


def test_another_number_of_frames_is_refused():
    with pytest.raises(ValueError, match='59 usable frames, .* with 60'):
        RoundSampler(range(59), 24, 60)


def test_settings():
    for name, scale in SCALES.items():
        settings = make_settings(name)
        assert settings == scale.settings and settings.scale == name
        assert settings.ratio_switch == settings.iterations // 3
    changed = make_settings('cpu', iterations=600, input_px=None)
    assert (changed.iterations, changed.ratio_switch) == (600, 200)
    assert changed.input_px == 64
    with pytest.raises(ValueError, match='601 iterations .* 4 rounds'):
        make_settings('cpu', iterations=601)
    with pytest.raises(ValueError, match='batch_size must be positive'):
        make_settings('cpu', batch_size=0)


def test_iterations_of_a_fraction():
    same = make_settings('cpu', iterations=800)
    assert [iterations_of(same, f) for f in (10, 100)] == [800, 800]
    passes = make_settings('cpu', iterations=800, same_epochs=True)
    assert [iterations_of(passes, f) for f in (10, 50, 100)] == [80, 400, 800]
    assert iterations_of(passes._replace(iterations=8), 10) == 4
