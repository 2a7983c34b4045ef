"""The posed human body: a thin wrapper around the body model anny.

anny (Bregier et al., "Human Mesh Modeling for Anny Body", 2025; code under
Apache-2.0, data CC0) gives a skinned mesh of people of all ages and builds.
"""
import functools
import logging
import warnings
from typing import Dict, NamedTuple

import numpy as np

from .render import import_warp

logger = logging.getLogger(__name__)

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


class BodyModel:
    """Builds bodies from phenotype values and bone rotations.

    Use ``load_body_model``: building takes a second, and about a minute the
    very first time on a machine, when anny fills its cache.

    Attributes:
        faces: (F, 3) vertex indices.
        rest: bone name -> (3,) position in the rest pose of a middle body.
        vertex_bones: (V,) name of the bone that moves each vertex most.
    """

    def __init__(self) -> None:
        import_warp()
        import anny
        if not any(anny.paths.get_anny_cache_path().glob('*/*')):
            logger.warning('building the body model for the first time on '
                           'this machine: this takes about a minute, once')
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')
            self._model = anny.Anny(topology=TOPOLOGY, local_changes='none')
        self.faces = self._model.faces.numpy().astype(np.int32)
        strongest = self._model.vertex_bone_weights.argmax(dim=1)
        indices = self._model.vertex_bone_indices.gather(
            1, strongest[:, None])[:, 0]
        labels = np.array(self._model.bone_labels)
        self.vertex_bones = labels[indices.numpy()]
        self.phenotypes = tuple(self._model.phenotype_labels)
        self.rest = self.pose({}, {}).bones

    def pose(self, phenotype: Dict[str, float],
             rotations: Dict[str, np.ndarray]) -> Body:
        """Shape and pose one body.

        One at a time and on one thread: batching would save a millisecond
        and let the last bits depend on what else is in the batch.

        Args:
            phenotype (dict): Values in 0-1 by the names in ``phenotypes``;
                0.5 where a name is missing.
            rotations (dict): Bone name -> (3, 3) turn about the rest pose's
                world axes, relative to the parent bone.

        Raises:
            ValueError: If a phenotype or a bone is not known to the model.
        """
        import torch
        model = self._model
        unknown = (set(phenotype) - set(self.phenotypes)) | (
            set(rotations) - set(model.bone_labels))
        if unknown:
            raise ValueError('the body model has no phenotype or bone named '
                             f'{sorted(unknown)}')
        turns = torch.eye(4, dtype=model.dtype).repeat(1, model.bone_count, 1,
                                                       1)
        for bone, rotation in rotations.items():
            turns[0, model.bone_labels.index(bone), :3, :3] = torch.as_tensor(
                rotation)
        threads = torch.get_num_threads()
        torch.set_num_threads(1)
        try:
            with torch.no_grad():
                output = model(pose_parameters=turns,
                               phenotype_kwargs=phenotype)
        finally:
            torch.set_num_threads(threads)
        bones = output['bone_poses'][0].numpy()
        rest = output['rest_bone_poses'][0].numpy()
        head = model.bone_labels.index('head')
        return Body(output['vertices'][0].numpy(),
                    dict(zip(model.bone_labels, bones[:, :3, 3])),
                    bones[head, :3, :3] @ rest[head, :3, :3].T)


@functools.lru_cache(maxsize=1)
def load_body_model() -> BodyModel:
    """The body model, built once per process.

    Raises:
        ImportError: If ``anny`` (or ``warp-lang``) is not installed.
    """
    try:
        return BodyModel()
    except ImportError as error:
        raise ImportError(
            'synthetic people are made with the packages anny and warp-lang, '
            f'and one is missing ({error}): pip install anny warp-lang'
        ) from error


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
        proportions=float(rng.uniform(0.2, 0.9)))
