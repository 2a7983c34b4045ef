"""Shaping and posing: a thin wrapper around the body model anny.

anny (Bregier et al., "Human Mesh Modeling for Anny Body", 2025; code under
Apache-2.0, data CC0) gives a skinned mesh of people of all ages and builds,
and of parts of them.
"""

import logging
import warnings
from typing import Callable, Dict, NamedTuple

import numpy as np

from .render import import_warp

logger = logging.getLogger(__name__)


class Moved(NamedTuple):
    """A shaped and posed mesh, metres.

    Attributes:
        vertices: (V, 3).
        bones: bone name -> (3,) position of the bone's head.
        poses: bone name -> (4, 4), where the bone is now.
        rest_poses: bone name -> (4, 4), where it is in the rest pose.
    """

    vertices: np.ndarray
    bones: Dict[str, np.ndarray]
    poses: Dict[str, np.ndarray]
    rest_poses: Dict[str, np.ndarray]

    def turn(self, bone: str) -> np.ndarray:
        """A bone's turn (3, 3) since the rest pose."""
        return self.poses[bone][:3, :3] @ self.rest_poses[bone][:3, :3].T


class AnnyModel:
    """A model of anny's.

    Args:
        **options: See ``anny.Anny``: topology and rig.

    Attributes:
        faces: (F, 3) vertex indices.
        vertex_bones: (V,) name of the bone that moves each vertex most.
        phenotypes: Names of what shapes a person.
    """

    def __init__(self, **options: str) -> None:
        import_warp()
        import anny

        if not any(anny.paths.get_anny_cache_path().glob('*/*')):
            logger.warning(
                'building the body model for the first time on '
                'this machine: this takes about a minute, once'
            )
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')
            self._model = anny.Anny(local_changes='none', **options)
        self.faces = self._model.faces.numpy().astype(np.int32)
        strongest = self._model.vertex_bone_weights.argmax(dim=1)
        indices = self._model.vertex_bone_indices.gather(1, strongest[:, None])[:, 0]
        labels = np.array(self._model.bone_labels)
        self.vertex_bones = labels[indices.numpy()]
        self.phenotypes = tuple(self._model.phenotype_labels)

    def move(self, phenotype: Dict[str, float], rotations: Dict[str, np.ndarray]) -> Moved:
        """Shape and pose one mesh.

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
            set(rotations) - set(model.bone_labels)
        )
        if unknown:
            raise ValueError(f'the body model has no phenotype or bone named {sorted(unknown)}')
        turns = torch.eye(4, dtype=model.dtype).repeat(1, model.bone_count, 1, 1)
        for bone, rotation in rotations.items():
            turns[0, model.bone_labels.index(bone), :3, :3] = torch.as_tensor(rotation)
        threads = torch.get_num_threads()
        torch.set_num_threads(1)
        try:
            with torch.no_grad():
                output = model(pose_parameters=turns, phenotype_kwargs=phenotype)
        finally:
            torch.set_num_threads(threads)
        poses = output['bone_poses'][0].numpy()
        rest = output['rest_bone_poses'][0].numpy()
        names = model.bone_labels
        return Moved(
            output['vertices'][0].numpy(),
            dict(zip(names, poses[:, :3, 3])),
            dict(zip(names, poses)),
            dict(zip(names, rest)),
        )


def load_model(build: Callable[[], AnnyModel]) -> AnnyModel:
    """Build a model.

    Raises:
        ImportError: If ``anny`` or ``warp-lang`` is not installed, saying
            how to install them.
    """
    try:
        return build()
    except ImportError as error:
        raise ImportError(
            'synthetic people are made with the packages anny and warp-lang, '
            f'and one is missing ({error}): pip install anny warp-lang'
        ) from error
