"""Clothes, shoes and hair: the bare body grown along its normals.

A depth camera sees a jacket rather than a chest. Each garment is a region of
the body (by bone) with a looseness and soft folds; hair thickens the scalp.
"""

import functools
from typing import NamedTuple, Tuple

import numpy as np

from .body import Body

# Garment -> (beginnings of the bones' names, least and greatest looseness
# in metres, share of people who wear it).
GARMENTS = {
    'shirt': (('root', 'pelvis', 'spine', 'clavicle', 'shoulder', 'breast'), (0.005, 0.035), 1.0),
    'upper_sleeve': (('upperarm',), (0.004, 0.025), 0.95),
    'lower_sleeve': (('lowerarm',), (0.003, 0.025), 0.5),
    'thigh': (('upperleg',), (0.004, 0.03), 1.0),
    'shank': (('lowerleg',), (0.004, 0.035), 0.8),
    'shoe': (('foot', 'toe'), (0.006, 0.018), 0.9),
}
_FOLD_LENGTHS_M = (0.1, 0.35)


class Dressed(NamedTuple):
    """A clothed person: ``vertices`` (V, 3) in metres, ``hair`` (V,) bool."""

    vertices: np.ndarray
    hair: np.ndarray


def dress(
    rng: np.random.Generator, body: Body, faces: np.ndarray, vertex_bones: np.ndarray
) -> Dressed:
    """Grow clothes, shoes and hair on a posed body.

    Args:
        rng (np.random.Generator): Source of randomness.
        body (Body): The bare person.
        faces (np.ndarray): (F, 3), triangles of the body.
        vertex_bones (np.ndarray): (V,), name of each vertex's bone.
    """
    names = tuple(vertex_bones.tolist())
    growth = np.zeros(len(names))
    for bones, looseness, share in GARMENTS.values():
        thickness = rng.uniform(*looseness)
        if rng.random() < share:
            growth[_moved_by(names, bones)] = thickness
    growth *= 1 + 0.5 * _folds(rng, body.vertices)

    # In the head's own frame hair covers what lies above and behind the face.
    local = (body.vertices - body.bones['head']) @ body.head_rotation
    on_head = vertex_bones == 'head'
    hair = on_head & (0.55 * local[:, 1] + 0.83 * local[:, 2] > 0.055)
    hair &= local[:, 2] > -0.02
    volume = rng.uniform(0, 0.03) + (rng.random() < 0.25) * rng.uniform(0, 0.03)
    growth[hair] = volume
    normals = vertex_normals(body.vertices, faces)
    return Dressed(body.vertices + growth[:, None] * normals, hair)


@functools.lru_cache(maxsize=len(GARMENTS))
def _moved_by(vertex_bones: Tuple[str, ...], bones: Tuple[str, ...]) -> np.ndarray:
    """(V,) bool: vertices whose bone's name begins with one of ``bones``."""
    return np.array([bone.startswith(bones) for bone in vertex_bones])


def vertex_normals(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Area-weighted unit normals (V, 3) of a closed mesh, outward."""
    corners = vertices[faces]
    face_normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals = np.stack([
        np.bincount(
            faces.reshape(-1),
            weights=np.repeat(face_normals[:, axis], 3),
            minlength=len(vertices)) for axis in range(3)
    ], axis=1)  # yapf: disable
    return normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)


def _folds(rng: np.random.Generator, vertices: np.ndarray) -> np.ndarray:
    """A smooth random field (V,) of zero mean and about unit size."""
    waves = np.zeros(len(vertices))
    for _ in range(6):
        towards = rng.normal(size=3)
        towards /= np.linalg.norm(towards)
        length_m = rng.uniform(*_FOLD_LENGTHS_M)
        waves += np.sin(2 * np.pi / length_m * (vertices @ towards) + rng.uniform(0, 2 * np.pi))
    return waves / np.sqrt(3)
