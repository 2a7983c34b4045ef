"""The study's synthetic frames."""
import time
from pathlib import Path

from mmpose_cmb import synthesis

from .claims import Claim
from .settings import Settings
from .study_folder import read_json

POLL_S = 2.
# Starting processes takes as long as making some hundred frames.
FRAMES_WORTH_A_PROCESS = 100


def provide_data(root: Path, settings: Settings, workers: int) -> None:
    """Make the data set, unless it is there.

    Of several processes one makes it and the others wait. An interrupted
    making is continued.

    Args:
        root (Path): Folder of the data set.
        settings (Settings): Number of frames and seed.
        workers (int): Processes, at most.

    Raises:
        ValueError: If the folder holds other data.
        ImportError: If what makes the people is not installed.
    """
    frames = settings.train_frames + settings.test_frames
    workers = max(1, min(workers, frames // FRAMES_WORTH_A_PROCESS))
    while not is_complete(root, settings):
        with Claim(root.with_name(f'{root.name}.making')) as claim:
            if claim.held:
                synthesis.generate_dataset(root, _counts(settings),
                                           synthesis.Recipe(settings.data_seed),
                                           workers=workers)
                continue
        time.sleep(POLL_S)


def is_complete(root: Path, settings: Settings) -> bool:
    """Whether the folder holds this very data set.

    Raises:
        ValueError: If it holds a finished data set of another seed, layout
            or size.
    """
    made = read_json(root / 'synthesis.json')
    if made is None:
        return False
    wanted = dict(
        layout='k2hpd', seed=settings.data_seed, counts=_counts(settings))
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
