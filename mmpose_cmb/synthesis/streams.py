"""Randomness and numbering of samples.

A sample is known by the seed of the data set and by its index. Every stage of
its making draws from a generator of its own.
"""

from typing import Tuple

import numpy as np

# Test frames come from their own range of indices: whatever the number of
# training frames, their people, poses and rooms are unseen in training.
FIRST_INDEX = {'train': 0, 'test': 50_000_000}
MOST_FRAMES = 40_000_000
# New stages go to the end: the place of a stage is part of its seed.
_STAGES = (
    'pose',
    'body',
    'camera',
    'room',
    'sensor',
    'person',
    'top_camera',
    'top_sensor',
    'hand_shape',
    'hand_pose',
    'hand_camera',
    'hand_room',
    'clothes',
    'sensor_noise',
    'room_scene',
    'ceiling_scene',
    'hand_scene',
)


def stage_rng(seed: int, index: int, stage: str) -> np.random.Generator:
    """A generator of its own for each stage of each sample.

    A change in how one stage draws then leaves the others as they are.
    """
    return np.random.default_rng((seed, index, _STAGES.index(stage)))


def split_and_row(index: int) -> Tuple[str, int]:
    """The split of a sample and its number there, from 0 on."""
    split = 'test' if index >= FIRST_INDEX['test'] else 'train'
    return split, index - FIRST_INDEX[split]
