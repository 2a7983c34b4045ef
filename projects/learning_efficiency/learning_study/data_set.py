"""The synthetic frames of a study."""

import json
import os
from pathlib import Path

from filelock import FileLock

from mmpose_cmb import synthesis

from .settings import Settings

# Frames of a motion, for variants that learn from motions.
SEQUENCE_LENGTH = 10


# The validation frames' seed lies so far from that of the others.
VALIDATION_SEED = 1_000_000


def data_root(root: Path, motions: bool, validation: bool = False) -> Path:
    """Folder of the frames for training and test, or of those for validation.

    Motions lie beside the single frames.
    """
    root = Path(root)
    kind = '_sequences' * motions + '_validation' * validation
    return root.with_name(root.name + kind)


def provide_study_data(root: Path, settings: Settings, motions: bool) -> None:
    """Make the frames of a study, single ones or motions, see ``provide``."""
    for validation, counts in (
        (False, dict(train=settings.train_frames, test=settings.test_frames)),
        (True, dict(train=0, test=settings.validation_frames)),
    ):
        recipe = synthesis.Recipe(
            settings.data_seed + VALIDATION_SEED * validation,
            sequence_length=SEQUENCE_LENGTH if motions else None,
        )
        provide(data_root(root, motions, validation), recipe, counts)


def provide(root: Path, recipe: synthesis.Recipe, counts: dict) -> None:
    """Make a data set of so many frames a split, unless it is there.

    Of several processes one makes it and the others wait. An interrupted
    making is continued.

    Raises:
        ValueError: If the folder holds another data set.
        ImportError: If what makes the people is not installed.
    """
    root.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(root.with_name(f'.{root.name}.lock')):
        if not (root / 'synthesis.json').is_file():
            # Starting a process takes as long as making 100 frames.
            processes = min(os.cpu_count() or 1, sum(counts.values()) // 100)
            synthesis.generate_dataset(root, counts, recipe, workers=max(1, processes))
    made = json.loads((root / 'synthesis.json').read_text())
    wanted = dict(
        layout='k2hpd', seed=recipe.seed, counts=counts, sequence_length=recipe.sequence_length
    )
    if any(made.get(name) != value for name, value in wanted.items()):
        raise ValueError(
            f'{root} holds another data set: {made}. Wanted: {wanted}. Choose '
            'another folder with --data, or change the settings.'
        )
