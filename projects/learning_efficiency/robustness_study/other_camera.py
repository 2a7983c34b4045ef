"""Synthetic frames of another camera than the study's."""
import time
from pathlib import Path

from learning_study.claims import Claim
from learning_study.data_set import POLL_S
from learning_study.study_folder import read_json

from mmpose_cmb import synthesis
from mmpose_cmb.camera import ITOP_CAMERA

FRAMES = 300
SENSOR = 'time_of_flight'
# Far from any seed that a person would give to a study of the same data.
SEED_STEP = 1000


def other_camera_recipe(data_seed: int) -> synthesis.Recipe:
    """What the frames are made by: ITOP's resolution and field of view.

    Args:
        data_seed (int): Of the study's own frames.
    """
    return synthesis.Recipe(
        data_seed + SEED_STEP, intrinsics=ITOP_CAMERA, sensor=SENSOR)


def provide_other_camera(root: Path, data_seed: int) -> None:
    """Make the data set, unless it is there.

    Of several processes one makes it and the others wait. An interrupted
    making is continued.

    Args:
        root (Path): Folder of the data set.
        data_seed (int): Of the study's own frames.

    Raises:
        ValueError: If the folder holds other data.
        ImportError: If what makes the people is not installed.
    """
    recipe = other_camera_recipe(data_seed)
    while not _is_complete(root, recipe):
        with Claim(root.with_name(f'{root.name}.making')) as claim:
            if claim.held:
                synthesis.generate_dataset(
                    root, dict(train=0, test=FRAMES), recipe)
                continue
        time.sleep(POLL_S)


def _is_complete(root: Path, recipe: synthesis.Recipe) -> bool:
    made = read_json(root / 'synthesis.json')
    return made is not None and made['counts']['test'] == FRAMES and (
        made['seed'], made['sensor'], made['intrinsics']) == (
            recipe.seed, recipe.sensor, recipe.intrinsics._asdict())
