"""Makes whole data sets: blocks of samples over processes and machines.

The unit of work is a block of consecutive samples. A finished block leaves a
small file with its labels in ``ROOT/.parts``; whoever comes next, the same
command after an interruption or another shard, skips it. When all blocks are
there the annotation files are written.
"""
import io
import json
import multiprocessing
import os
import threading
from concurrent.futures import ProcessPoolExecutor, as_completed
from importlib.metadata import PackageNotFoundError, version
from multiprocessing.connection import wait as wait_for
from pathlib import Path
from typing import Dict, List, NamedTuple, Tuple

import cv2
import numpy as np
from tqdm import tqdm

from ..version import __version__
from .body import load_body_model
from .camera import Intrinsics
from .k2hpd_writer import K2HPDWriter, write_whole
from .render import check_device
from .sample import SENSOR_CHOICES, make_sample

# Test frames come from their own range of indices: whatever the number of
# training frames, their people, poses and rooms are unseen in training.
FIRST_INDEX = {'train': 0, 'test': 50_000_000}
MOST_FRAMES = 40_000_000
BLOCK_SIZE = 25
_PARAMETERS = 'parameters.json'


class Recipe(NamedTuple):
    """Everything that decides what a sample looks like."""
    seed: int
    intrinsics: Intrinsics
    sensor: str = 'mixed'
    device: str = 'cpu'


class Block(NamedTuple):
    """Samples ``first`` to ``first + count - 1`` of a split."""
    split: str
    first: int
    count: int

    @property
    def ids(self) -> range:
        return range(self.first, self.first + self.count)

    @property
    def name(self) -> str:
        return f'{self.split}_{self.first:08d}_{self.count:03d}.npz'


def generate_dataset(root: Path,
                     counts: Dict[str, int],
                     recipe: Recipe,
                     workers: int = 1,
                     shard: Tuple[int, int] = (1, 1),
                     progress: bool = True) -> bool:
    """Make a data set in K2HPD's layout, or go on making it.

    Args:
        root (Path): Folder of the data set.
        counts (dict): Number of frames of 'train' and of 'test'.
        recipe (Recipe): Seed, camera and sensor.
        workers (int): Processes; 1 works in this process. Defaults to 1.
        shard (tuple): (i, n): make the i-th of n shares of the blocks, i from
            1 on. Defaults to (1, 1), everything.
        progress (bool): Show a progress bar. Defaults to True.

    Returns:
        bool: Whether the data set is complete; False where other shards are
        still to come.

    Raises:
        ValueError: If an argument is out of range or the folder holds
            something else.
        ImportError: If ``anny`` or ``warp-lang`` is not installed.
    """
    root = Path(root)
    _check_arguments(counts, recipe, workers, shard)
    parameters = _describe(recipe)
    _claim_folder(root, parameters)
    writer = K2HPDWriter(root)
    blocks = split_into_blocks(counts)
    mine = blocks[shard[0] - 1::shard[1]]
    todo = [block for block in mine if not _is_done(writer, block)]
    total = sum(block.count for block in mine)
    with tqdm(total=total,
              initial=total - sum(block.count for block in todo),
              unit='frame',
              smoothing=0.05,
              disable=not progress) as bar:
        for count in _run(root, recipe, todo, workers):
            bar.update(count)
    if not all(_is_done(writer, block) for block in blocks):
        return False
    writer.write_annotations(
        {split: _collect(root, blocks, split)
         for split in counts}, dict(parameters, counts=counts))
    for stale in root.glob('depth_data/*/*.tmp'):
        stale.unlink(missing_ok=True)
    return True


def split_into_blocks(counts: Dict[str, int]) -> List[Block]:
    """The blocks of a data set, train before test."""
    blocks = []
    for split, count in counts.items():
        first = FIRST_INDEX[split]
        blocks += [
            Block(split, first + start, min(BLOCK_SIZE, count - start))
            for start in range(0, count, BLOCK_SIZE)
        ]
    return blocks


def _check_arguments(counts: Dict[str, int], recipe: Recipe, workers: int,
                     shard: Tuple[int, int]) -> None:
    for split, count in counts.items():
        if split not in FIRST_INDEX:
            raise ValueError(f'unknown split {split!r}, use '
                             f'{tuple(FIRST_INDEX)}')
        if not 0 <= count <= MOST_FRAMES:
            raise ValueError(f'the number of {split} frames must be between 0 '
                             f'and {MOST_FRAMES}, got {count}')
    if sum(counts.values()) == 0:
        raise ValueError('no frames asked for: both train and test are 0')
    if recipe.seed < 0:
        raise ValueError(f'the seed must not be negative, got {recipe.seed}')
    if recipe.sensor not in SENSOR_CHOICES:
        raise ValueError(f'unknown sensor {recipe.sensor!r}, choose one of '
                         f'{SENSOR_CHOICES}')
    check_device(recipe.device)
    if workers < 1:
        raise ValueError(f'at least one worker is needed, got {workers}')
    if not 1 <= shard[0] <= shard[1]:
        raise ValueError('a shard i/n needs 1 <= i <= n, got '
                         f'{shard[0]}/{shard[1]}')


def _describe(recipe: Recipe) -> dict:
    return dict(generator='mmpose_cmb',
                versions=_versions(),
                layout='k2hpd',
                seed=recipe.seed,
                sensor=recipe.sensor,
                device=recipe.device,
                intrinsics=recipe.intrinsics._asdict())


def _versions() -> Dict[str, str]:
    """Versions of what decides the bytes."""
    try:
        bodies = {name: version(name) for name in ('anny', 'warp-lang')}
    except PackageNotFoundError as error:
        raise ImportError(
            f'synthetic people need the package {error.name}, which is not '
            'installed: pip install anny warp-lang') from error
    return dict(mmpose_cmb=__version__,
                numpy=np.__version__,
                opencv=cv2.__version__,
                **bodies)


def _claim_folder(root: Path, parameters: dict) -> None:
    """Refuse a folder that holds other data; else mark it as ours."""
    marker = root / '.parts' / _PARAMETERS
    if not marker.exists():
        if root.exists() and any(root.iterdir()):
            raise ValueError(
                f'{root} is not empty and was not made by this generator: '
                'nothing was written. Choose a new folder.')
        marker.parent.mkdir(parents=True, exist_ok=True)
        write_whole(marker, json.dumps(parameters, indent=2).encode())
        return
    found = json.loads(marker.read_text())
    different = [
        f'{name} was {found.get(name)}, is {parameters[name]}'
        for name in parameters if found.get(name) != parameters[name]
    ]
    if different:
        raise ValueError(
            f'{root} was begun with other parameters: '
            f'{"; ".join(different)}. Choose a new folder, or delete this '
            'one to start again.')


def _is_done(writer: K2HPDWriter, block: Block) -> bool:
    return ((writer.root / '.parts' / block.name).exists()
            and all(writer.has_frame(file_id) for file_id in block.ids))


def _run(root: Path, recipe: Recipe, blocks: List[Block], workers: int):
    """Make blocks, yielding the number of frames of each finished one."""
    if not blocks:
        return
    load_body_model()  # Fills anny's cache before many processes want it.
    if workers == 1:
        for block in blocks:
            yield _make_block(root, recipe, block)
        return
    # torch and warp do not survive a fork.
    with ProcessPoolExecutor(min(workers, len(blocks)),
                             mp_context=multiprocessing.get_context('spawn'),
                             initializer=_begin_worker) as pool:
        jobs = [
            pool.submit(_make_block, root, recipe, block) for block in blocks
        ]
        try:
            for job in as_completed(jobs):
                yield job.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _begin_worker() -> None:
    """Use one thread, and end when the parent has been killed."""
    import torch
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    # A worker would otherwise wait for its next block for ever.
    wait_for([multiprocessing.parent_process().sentinel])
    os._exit(1)


def _make_block(root: Path, recipe: Recipe, block: Block) -> int:
    writer = K2HPDWriter(root)
    samples = []
    for index in block.ids:
        sample = make_sample(recipe.seed, index, recipe.intrinsics,
                             recipe.sensor, recipe.device)
        writer.write_frame(index, sample.depth_m)
        samples.append(sample)
    buffer = io.BytesIO()
    np.savez_compressed(
        buffer,
        ids=np.array(block.ids, np.int64),
        **{
            name: np.stack([getattr(sample, name) for sample in samples])
            for name in ('keypoints_uv', 'keypoints_cam_m', 'visible',
                         'sensor')
        })
    write_whole(root / '.parts' / block.name, buffer.getvalue())
    return block.count


def _collect(root: Path, blocks: List[Block],
             split: str) -> Dict[str, np.ndarray]:
    """The labels of all frames of a split, in order."""
    parts = [
        np.load(root / '.parts' / block.name) for block in blocks
        if block.split == split
    ]
    if not parts:
        return dict(ids=np.zeros(0, np.int64),
                    keypoints_uv=np.zeros((0, 19, 2)),
                    keypoints_cam_m=np.zeros((0, 19, 3)),
                    visible=np.zeros((0, 19), bool),
                    sensor=np.zeros(0, 'U16'))
    return {
        name: np.concatenate([part[name] for part in parts])
        for name in parts[0].files
    }
