"""The posed human body."""

import functools
from typing import Dict, NamedTuple

import numpy as np

from .anny_model import AnnyModel, load_model

# Faces of about 4 cm: a pixel covers 1 cm at 3 m.
TOPOLOGY = 'notoes_collapse10pc'


class Body(NamedTuple):
    """A posed person in the world frame (z up), metres.

    Attributes:
        vertices: (V, 3).
        bones: bone name -> (3,) position of the bone's head.
        head_rotation: (3, 3), the head's turn since the rest pose.
    """

    vertices: np.ndarray
    bones: Dict[str, np.ndarray]
    head_rotation: np.ndarray


class BodyModel(AnnyModel):
    """Builds bodies from phenotype values and bone rotations.

    Use ``load_body_model``: building takes a second, and about a minute the
    very first time on a machine, when anny fills its cache.

    Attributes:
        rest: bone name -> (3,) position in the rest pose of a middle body.
        Others: See :class:`AnnyModel`.
    """

    def __init__(self) -> None:
        super().__init__(topology=TOPOLOGY)
        self.rest = self.pose({}, {}).bones

    def pose(self, phenotype: Dict[str, float], rotations: Dict[str, np.ndarray]) -> Body:
        """Shape and pose one body. Args: See :meth:`AnnyModel.move`."""
        moved = self.move(phenotype, rotations)
        return Body(moved.vertices, moved.bones, moved.turn('head'))


@functools.lru_cache(maxsize=1)
def load_body_model() -> BodyModel:
    """The body model, built once per process.

    Raises:
        ImportError: If ``anny`` (or ``warp-lang``) is not installed.
    """
    return load_model(BodyModel)


def sample_phenotype(rng: np.random.Generator) -> Dict[str, float]:
    """Draw a person: all builds, nine in ten adults.

    Args:
        rng (np.random.Generator): Source of randomness.

    Returns:
        dict: anny's phenotype values, 0-1. An age of 2/3 is a young adult's,
        1 an old person's.
    """
    adult = rng.random() < 0.92
    return dict(
        gender=float(rng.beta(0.6, 0.6)),
        age=float(rng.uniform(0.6, 0.95) if adult else rng.uniform(0.4, 0.6)),
        # 0.37 is the middle of adults: 1.77 m of men, 1.63 m of women; 0.1
        # more is 0.11 m more.
        height=float(np.clip(rng.normal(0.39, 0.08), 0.15, 0.6)),
        weight=float(np.clip(rng.normal(0.5, 0.2), 0.05, 1)),
        muscle=float(np.clip(rng.normal(0.5, 0.18), 0.05, 0.95)),
        proportions=float(rng.uniform(0.2, 0.9)),
    )
