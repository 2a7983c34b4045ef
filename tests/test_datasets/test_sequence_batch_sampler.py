"""Sequences: what the dataset tells, and how they are fed and augmented."""

import numpy as np
import pytest
import torch
from mmengine.dataset import DefaultSampler
from torch.utils.data import DataLoader

from mmpose_cmb.datasets.datasets import K2HPDDataset
from mmpose_cmb.datasets.samplers import SequenceBatchSampler, sequences_of
from mmpose_cmb.datasets.transforms import SameForSequence


def make_dataset(root, **kwargs):
    return K2HPDDataset(
        data_root=str(root),
        ann_file='train_annos.txt',
        data_prefix=dict(img='depth_data/depth_images/'),
        pipeline=[],
        **kwargs,
    )


def make_sampler(dataset, batch_size, shuffle=False, rank=0, world_size=1, epoch=0):
    sampler = DefaultSampler(dataset, shuffle=shuffle, seed=5)
    sampler.rank, sampler.world_size = rank, world_size
    sampler.set_epoch(epoch)
    return SequenceBatchSampler(sampler, batch_size)


class Frames(list):
    """A dataset of sequences of the given lengths."""

    def __init__(self, *lengths):
        super().__init__(
            dict(sequence_index=i) for i, length in enumerate(lengths) for _ in range(length)
        )

    def get_data_info(self, index):
        return self[index]


def test_the_dataset_tells_its_sequences(k2hpd_root):
    dataset = make_dataset(k2hpd_root, sequence_length=5)
    infos = [dataset.get_data_info(i) for i in range(24)]
    assert [info['sequence_index'] for info in infos] == [i // 5 for i in range(24)]
    assert [info['sequence_start'] for info in infos] == [i % 5 == 0 for i in range(24)]
    assert 'sequence_index' not in make_dataset(k2hpd_root).get_data_info(0)


def test_unusable_records_have_their_place(k2hpd_root):
    """Line 6 is damaged and begins sequence 1; image 7 is missing."""
    path = k2hpd_root / 'train_annos.txt'
    lines = path.read_text().splitlines()
    lines[5] = '00000005.png 1,2,3'
    path.write_text('\n'.join(['', *lines]) + '\n')
    (k2hpd_root / 'depth_data/depth_images/00000007.png').unlink()
    dataset = make_dataset(k2hpd_root, sequence_length=5, max_bad_share=0.2)
    told = {
        info['img_id']: (info['sequence_index'], info['sequence_start'])
        for info in map(dataset.get_data_info, range(len(dataset)))
    }
    assert told[4] == (0, False)
    assert told[6] == (1, True) and told[8] == (1, False)
    assert told[10] == (2, True)
    assert 5 not in told and 7 not in told


def test_wrong_sequence_length(k2hpd_root):
    with pytest.raises(ValueError, match='sequence_length: .* got 0'):
        make_dataset(k2hpd_root, sequence_length=0)


def test_rows_go_through_a_sequence_each():
    batches = list(make_sampler(Frames(3, 3, 3), batch_size=2))
    assert batches == [[0, 3], [1, 4], [2, 5], [6], [7], [8]]


def test_sequences_that_end_early_lie_in_the_last_rows():
    sampler = make_sampler(Frames(1, 3, 2), batch_size=3)
    assert list(sampler) == [[1, 4, 0], [2, 5], [3]]
    assert len(sampler) == 3


@pytest.mark.parametrize('epoch', [0, 1])
def test_shuffled_sequences_keep_their_frames_in_order(epoch):
    frames = Frames(*[4] * 9)
    sampler = make_sampler(frames, 2, shuffle=True, epoch=epoch)
    batches = list(sampler)
    assert sorted(sum(batches, [])) == list(range(36))
    assert len(sampler) == len(batches)
    for i in range(0, len(batches), 4):
        for row in zip(*batches[i : i + 4]):
            assert row[0] % 4 == 0 and np.diff(row).tolist() == [1, 1, 1]
    assert batches == list(sampler)
    other = make_sampler(frames, 2, shuffle=True, epoch=epoch + 1)
    assert list(other) != batches


def test_processes_share_the_sequences():
    shares = [
        list(make_sampler(Frames(2, 2, 2, 2), 1, rank=rank, world_size=2)) for rank in range(2)
    ]
    assert shares == [[[0], [1], [4], [5]], [[2], [3], [6], [7]]]


@pytest.mark.parametrize(
    'lengths, message',
    [
        ((2, 2, 2), '2 processes cannot share 3 sequences evenly'),
        ((2, 3), 'sequences of one length, got 2 to 3'),
    ],
)
def test_shares_that_are_not_even(lengths, message):
    with pytest.raises(ValueError, match=message):
        make_sampler(Frames(*lengths), 1, world_size=2)


def test_a_dataset_of_still_images_is_refused(k2hpd_root):
    with pytest.raises(ValueError, match='K2HPDDataset does not tell.*sequence_length'):
        sequences_of(make_dataset(k2hpd_root))


# --- SameForSequence ---


class Draws(torch.utils.data.Dataset):
    """What a random transform draws for each frame; sequences of four."""

    def __init__(self):
        self.step = SameForSequence(
            [dict(type='RandomFlip', prob=0.5), dict(type='RandomBBoxTransform')]
        )

    def __len__(self):
        return 12

    def __getitem__(self, index):
        box = dict(
            bbox_center=np.array([[50.0, 50.0]]),
            bbox_scale=np.array([[90.0, 90.0]]),
            img=np.zeros((9, 9)),
            img_shape=(9, 9),
            flip_indices=[0],
            keypoints=np.zeros((1, 1, 2)),
            keypoints_visible=np.ones((1, 1)),
        )
        results = self.step(dict(box, sequence_index=index // 4))
        return np.array(
            [
                float(results['flip']),
                *results['bbox_center'][0],
                *results['bbox_scale'][0],
                *results['bbox_rotation'],
            ]
        )


@pytest.fixture
def draws(mmpose_scope):
    return Draws()


def test_a_sequence_is_augmented_alike_in_every_worker(draws):
    torch.manual_seed(3)
    loaded = torch.cat(list(DataLoader(draws, num_workers=2)))
    for first in (0, 4, 8):
        assert (loaded[first : first + 4] == loaded[first]).all()
    assert len(np.unique(loaded[:, 1])) == 3
    # Without workers it is the same for all, too.
    alone = np.stack([draws[i] for i in range(12)])
    assert (alone[:4] == alone[0]).all() and alone[4, 1] != alone[0, 1]


def test_another_epoch_another_augmentation(draws):
    torch.manual_seed(3)
    first = draws[0]
    torch.manual_seed(4)
    assert not np.array_equal(draws[0], first)
    torch.manual_seed(3)
    assert np.array_equal(draws[0], first)


def test_other_random_numbers_go_on_as_if_nothing_was_drawn(draws):
    np.random.seed(0)
    expected = np.random.rand(2)
    np.random.seed(0)
    first = np.random.rand()
    draws[0]
    assert [first, np.random.rand()] == expected.tolist()


def test_a_still_image_is_refused(mmpose_scope):
    with pytest.raises(ValueError, match='no "sequence_index"'):
        SameForSequence([])({})
