"""Makes whole data sets: blocks of samples over processes and machines.

The unit of work is a block of consecutive samples. A finished block leaves a
file with its labels in ``ROOT/.parts``; whoever comes next, the same
command after an interruption or another shard, skips it. When all blocks are
there the layout's writer makes the files that need all labels.
"""

import multiprocessing
import sys
from concurrent.futures import ProcessPoolExecutor, as_completed
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Dict, List, NamedTuple, Tuple

import cv2
import numpy as np
from tqdm import tqdm

from ..io import write_json
from ..io.kept_files import own_folder
from ..io.read_text import read_json
from ..processes import end_with_parent
from ..version import __version__
from .contact_sheet import write_contact_sheet
from .layouts import LAYOUTS, Writer, complete_recipe, make_writer
from .parts import is_whole_part, write_part
from .recipe import Recipe
from .render import check_device
from .streams import FIRST_INDEX

BLOCK_SIZE = 25
_PARAMETERS = 'parameters.json'


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


def generate_dataset(
    root: Path,
    counts: Dict[str, int],
    recipe: Recipe,
    workers: int = 1,
    shard: Tuple[int, int] = (1, 1),
    progress: bool = True,
) -> bool:
    """Make a data set, or go on making it.

    Args:
        root (Path): Folder of the data set.
        counts (dict): Number of frames of 'train' and of 'test'.
        recipe (Recipe): Layout, seed, camera and sensor.
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
        ImportError: If ``anny``, ``warp-lang`` or (for ITOP) ``h5py`` is not
            installed.
    """
    root = Path(root)
    recipe = complete_recipe(recipe)
    # First: the device is asked of warp.
    parameters = _describe(recipe)
    _check_arguments(counts, recipe, workers, shard)
    _claim_folder(root, parameters)
    writer = make_writer(root, recipe)
    blocks = split_into_blocks(counts)
    mine = blocks[shard[0] - 1 :: shard[1]]
    todo = [block for block in mine if not _is_done(writer, block)]
    total = sum(block.count for block in mine)
    if todo:
        # Fills anny's cache before many processes want it, and before the
        # bar, in whose line what it says would stand.
        LAYOUTS[recipe.layout].load_model()
    with tqdm(
        total=total,
        initial=total - sum(block.count for block in todo),
        unit='frame',
        smoothing=0.05,
        disable=not progress,
    ) as bar:
        for count in _run(root, recipe, todo, workers):
            bar.update(count)
    if not all(_is_done(writer, block) for block in blocks):
        return False
    writer.finish(_part_paths(root, blocks, counts), dict(parameters, counts=counts))
    for stale in root.rglob('*.tmp'):
        stale.unlink(missing_ok=True)
    return True


def draw_dataset(
    root: Path, recipe: Recipe, counts: Dict[str, int], path: Path, number: int = 24
) -> None:
    """Draw frames of a finished data set, spread evenly over a split.

    Args:
        root (Path): A folder that ``generate_dataset`` has completed.
        recipe (Recipe): The same as there.
        counts (dict): The same as there; 'train' is drawn if it has frames.
        path (Path): The PNG to write.
        number (int): Frames, at most. Defaults to 24.
    """
    split = 'train' if counts.get('train') else 'test'
    count = counts[split]
    rows = np.unique(np.linspace(0, count - 1, min(count, number)).astype(int))
    writer = make_writer(Path(root), complete_recipe(recipe))
    write_contact_sheet(writer.drawings([(split, int(row)) for row in rows]), path)


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


def _check_arguments(
    counts: Dict[str, int], recipe: Recipe, workers: int, shard: Tuple[int, int]
) -> None:
    for split, count in counts.items():
        if split not in FIRST_INDEX:
            raise ValueError(f'unknown split {split!r}, use {tuple(FIRST_INDEX)}')
        most = LAYOUTS[recipe.layout].MOST_FRAMES[split]
        if not 0 <= count <= most:
            raise ValueError(
                f'the number of {split} frames in the layout {recipe.layout} '
                f'must be between 0 and {most}, got {count}'
            )
    if sum(counts.values()) == 0:
        raise ValueError('no frames asked for: both train and test are 0')
    if recipe.seed < 0:
        raise ValueError(f'the seed must not be negative, got {recipe.seed}')
    sensors = LAYOUTS[recipe.layout].SENSORS
    if recipe.sensor not in sensors:
        raise ValueError(
            f'unknown sensor {recipe.sensor!r} for the layout '
            f'{recipe.layout}, choose one of {sensors}'
        )
    LAYOUTS[recipe.layout].check(recipe)
    check_device(recipe.device)
    if workers < 1:
        raise ValueError(f'at least one worker is needed, got {workers}')
    if not 1 <= shard[0] <= shard[1]:
        raise ValueError(f'a shard i/n needs 1 <= i <= n, got {shard[0]}/{shard[1]}')


def _describe(recipe: Recipe) -> dict:
    described = dict(
        generator='mmpose_cmb',
        versions=_versions(),
        layout=recipe.layout,
        seed=recipe.seed,
        sensor=recipe.sensor,
        device=recipe.device,
    )
    if recipe.intrinsics is not None:
        described['intrinsics'] = recipe.intrinsics._asdict()
    if recipe.views is not None:
        described['views'] = list(recipe.views)
    if recipe.label_convention is not None:
        described['label_convention'] = recipe.label_convention
    if recipe.sequence_length is not None:
        described['sequence_length'] = recipe.sequence_length
    return described


def _versions() -> Dict[str, str]:
    """Versions of what decides the bytes.

    Raises:
        ImportError: If a package is missing; all of them are named.
    """
    found, missing = {}, []
    for name in ('anny', 'warp-lang'):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            missing.append(name)
    if missing:
        raise ImportError(
            f'synthetic people need {" and ".join(missing)}, not installed '
            f'here: pip install {" ".join(missing)}'
        )
    return dict(mmpose_cmb=__version__, numpy=np.__version__, opencv=cv2.__version__, **found)


def _claim_folder(root: Path, parameters: dict) -> None:
    """Refuse a folder that holds other data; else mark it as ours."""
    marker = root / '.parts' / _PARAMETERS
    if not marker.exists():
        if root.exists() and any(root.iterdir()):
            raise ValueError(
                f'{root} is not empty and was not made by this generator: '
                'nothing was written. Choose a new folder.'
            )
        write_json(marker, parameters, indent=2)
        own_folder(root)
        return
    own_folder(root)
    found = read_json(marker)
    if not isinstance(found, dict):
        raise ValueError(f'{marker}: damaged; delete {root} to start again')
    different = [
        f'{name} was {found.get(name)}, is {parameters.get(name)}'
        for name in {**found, **parameters}
        if found.get(name) != parameters.get(name)
    ]
    if different:
        raise ValueError(
            f'{root} was begun with other parameters ({marker}): '
            f'{"; ".join(different)}. Choose a new folder, or delete this '
            'one to start again.'
        )


def _is_done(writer: Writer, block: Block) -> bool:
    """Whether a block's files are there and whole; else it is made anew."""
    part = writer.root / '.parts' / block.name
    try:
        if not part.exists() or not is_whole_part(part, block.ids):
            return False
    except ValueError as error:
        print(f'{error}: made anew', file=sys.stderr)
        return False
    return all(writer.has_frame(file_id) for file_id in block.ids)


def _run(root: Path, recipe: Recipe, blocks: List[Block], workers: int):
    """Make blocks, yielding the number of frames of each finished one."""
    if not blocks:
        return
    if workers == 1:
        for block in blocks:
            yield _make_block(root, recipe, block)
        return
    # torch and warp do not survive a fork.
    with ProcessPoolExecutor(
        min(workers, len(blocks)),
        mp_context=multiprocessing.get_context('spawn'),
        initializer=_begin_worker,
    ) as pool:
        jobs = [pool.submit(_make_block, root, recipe, block) for block in blocks]
        try:
            for job in as_completed(jobs):
                yield job.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _begin_worker() -> None:
    """Use one thread; do not wait for the next block of a parent that was killed."""
    import torch

    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    end_with_parent()


def _make_block(root: Path, recipe: Recipe, block: Block) -> int:
    writer = make_writer(root, recipe)
    records = [writer.make_frame(index) for index in block.ids]
    write_part(root / '.parts' / block.name, block.ids, records)
    return block.count


def _part_paths(root: Path, blocks: List[Block], counts: Dict[str, int]) -> Dict[str, List[Path]]:
    """The files of the finished blocks of each split, in order."""
    return {
        split: [root / '.parts' / block.name for block in blocks if block.split == split]
        for split in counts
    }
