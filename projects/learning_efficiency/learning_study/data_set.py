"""The study's synthetic frames."""
import random
import time
from pathlib import Path
from typing import Optional

from mmpose_cmb import synthesis

from .claims import Claim
from .settings import Settings
from .study_folder import read_json

POLL_S = 2.
# Starting processes takes as long as making some hundred frames.
FRAMES_WORTH_A_PROCESS = 100


def motion_data(root: Path) -> Path:
    """Folder of the frames of motions, beside that of the single frames."""
    return root.with_name(f'{root.name}_sequences')


def provide_data(root: Path,
                 settings: Settings,
                 workers: int,
                 sequence_length: Optional[int] = None) -> None:
    """Make the data set, unless it is there.

    Of several processes one makes it and the others wait. An interrupted
    making is continued.

    Args:
        root (Path): Folder of the data set.
        settings (Settings): Number of frames and seed.
        workers (int): Processes, at most.
        sequence_length (int, optional): Make motions of so many frames.
            Defaults to None: every frame is on its own.

    Raises:
        ValueError: If the folder holds other data.
        ImportError: If what makes the people is not installed.
    """
    frames = settings.train_frames + settings.test_frames
    workers = max(1, min(workers, frames // FRAMES_WORTH_A_PROCESS))
    recipe = synthesis.Recipe(settings.data_seed)
    if sequence_length:
        recipe = recipe._replace(sequence_length=sequence_length)
    while not is_complete(root, settings, sequence_length):
        with Claim(root.with_name(f'{root.name}.making')) as claim:
            if claim.held:
                synthesis.generate_dataset(
                    root, _counts(settings), recipe, workers=workers)
                continue
        # Two that came at once must not come at once again.
        time.sleep(POLL_S * random.uniform(0.5, 1.5))


def is_complete(root: Path,
                settings: Settings,
                sequence_length: Optional[int] = None) -> bool:
    """Whether the folder holds this very data set.

    Raises:
        ValueError: If it holds a finished data set of another kind.
    """
    made = read_json(root / 'synthesis.json')
    if made is None:
        return False
    wanted = dict(
        layout='k2hpd',
        seed=settings.data_seed,
        counts=_counts(settings),
        sequence_length=sequence_length)
    different = [
        f'{name} is {made.get(name)}, wanted {value}'
        for name, value in wanted.items() if made.get(name) != value
    ]
    if different:
        raise ValueError(f'{root} holds another data set: '
                         f'{"; ".join(different)}. Choose another folder with '
                         '--data, or change the settings.')
    return True


def _counts(settings: Settings) -> dict:
    return dict(train=settings.train_frames, test=settings.test_frames)
