"""Small data sets in the published files' form, with known content."""

import logging

import h5py
import numpy as np
import pytest
from mmengine.logging import MMLogger

NUM_FRAMES = 12
WALL_M, BODY_M = 4.0, 2.5


@pytest.fixture
def log_messages():
    """(level, message) of what is said in MMEngine's log."""
    messages = []

    class Collect(logging.Handler):
        def emit(self, record):
            messages.append((record.levelname, record.getMessage()))

    collect = Collect(logging.INFO)
    logger = MMLogger.get_current_instance()
    logger.addHandler(collect)
    yield messages
    logger.removeHandler(collect)


def itop_world(frame):
    """ITOP's coordinates of the joints of a frame, [15, 3], metres, y UP.

    The joints lie 0.1 m behind the surface; the feet project below the
    image.
    """
    heights = [.7, .5, .45, .45, .2, .2, 0, 0, .2, -.1, -.1, -.6, -.6, -1.2,
               -1.2]  # yapf: disable
    sides = [0, 0, -0.2, 0.2, -0.3, 0.3, -0.35, 0.35, 0, -0.1, 0.1, -0.1, 0.1, -0.12, 0.12]
    depth = np.full(15, BODY_M + 0.1)
    return np.stack([np.add(sides, 0.02 * frame), heights, depth], 1)


def write_itop(folder, view='side', split='train', frames=NUM_FRAMES, first_person=0, **storage):
    """Write both files of a split as ITOP's are, row 3 of each 4 not valid.

    Frame i: a wall at 4 m, a block at 2.5 m where the person is, a column of
    holes, and the value 1 + i / 8 in the first pixel.
    """
    folder.mkdir(parents=True, exist_ok=True)
    world = np.stack([itop_world(i) for i in range(frames)])
    world = world.astype(np.float16)
    x, y, z = np.moveaxis(world.astype(np.float64), -1, 0)
    pixels = np.stack([160 + x / (0.0035 * z), 120 - y / (0.0035 * z)], -1)
    depth = np.full((frames, 240, 320), WALL_M, np.float16)
    depth[:, 20:240, 90:250] = BODY_M
    depth[:, :, 300] = 0
    depth[:, 0, 0] = 1 + np.arange(frames) / 8
    ids = np.array([f'{first_person:02d}_{i:05d}' for i in range(frames)], 'S')
    with h5py.File(folder / f'ITOP_{view}_{split}_depth_map.h5', 'w') as file:
        file.create_dataset('data', data=depth, **storage)
        file['id'] = ids
    with h5py.File(folder / f'ITOP_{view}_{split}_labels.h5', 'w') as file:
        file['id'] = ids
        file['is_valid'] = (np.arange(frames) % 4 != 3).astype(np.uint8)
        file['visible_joints'] = np.tile(np.int16([1] * 13 + [0, 0]), (frames, 1))
        file['image_coordinates'] = np.rint(pixels).astype(np.int16)
        file['real_world_coordinates'] = world
        file['segmentation'] = np.full((frames, 240, 320), -1, np.int8)
    return folder


@pytest.fixture
def itop_root(tmp_path):
    """The front view's training split, 12 frames, 9 of them valid."""
    return write_itop(tmp_path / 'itop')


@pytest.fixture
def write_itop_files():
    return write_itop


def hand_joints(shift_px=0):
    """Joints (x, y pixels from the centre, z mm) of a flat hand, [20, 3]."""
    joints = [(shift_px, 40, 510)]
    for finger, length in zip(range(5), (3, 4, 4, 4, 4)):
        joints += [(shift_px + 16 * (finger - 2), 20 - 14 * i, 500 + 2 * i) for i in range(length)]
    return np.array(joints, float)


def write_astar(root, convention='offset_px', poses=('1', 'A'), subjects=(1, 2, 16, 17, 18)):
    """Write hands at half a metre, 10 mm before their joints.

    The background lies at 900 mm, the first row holds the sentinel.
    """
    for subject in subjects:
        part = 'Training_Dataset' if subject > 15 else 'Test_Dataset'
        folder = root / part / f'subject-{subject}'
        folder.mkdir(parents=True, exist_ok=True)
        joints = hand_joints(shift_px=subject)
        depth = np.full((240, 320), 900, '<i2')
        x, y = np.rint(joints[:, :2] + (160, 120)).astype(int).T
        depth[y.min() : y.max() + 1, x.min() : x.max() + 1] = 495
        depth[0] = 32001
        if convention == 'offset_px':
            triples = joints[:, [2, 0, 1]]
        else:
            metres = joints[:, :2] / (224.5, 230.5) * joints[:, 2:]
            triples = np.concatenate([metres, joints[:, 2:]], axis=1)
            triples = triples - triples[0]
        for pose in poses:
            stem = folder / f'subject-{subject}_{pose}'
            depth.tofile(f'{stem}.skdepth')
            line = ','.join(f'{number:.6f}' for number in triples.ravel())
            stem.with_suffix('.shand').write_text(line + '\n20 joints\n')
    return root


@pytest.fixture
def astar_root(tmp_path):
    """Subjects 1, 2 (test) and 16 to 18 (train), two poses each."""
    return write_astar(tmp_path / 'astar')


@pytest.fixture
def write_astar_files():
    return write_astar
