"""Rotation matrices from axes, angles and directions (numpy, radians)."""

import numpy as np


def about_axis(axis: np.ndarray, angle: float) -> np.ndarray:
    """Rotation by ``angle`` about ``axis`` (3,), right-handed (Rodrigues)."""
    x, y, z = np.asarray(axis, float) / np.linalg.norm(axis)
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross


def about_x(angle: float) -> np.ndarray:
    """Rotation about x: an upright body bends forward for angle > 0."""
    return about_axis((1, 0, 0), angle)


def about_y(angle: float) -> np.ndarray:
    """Rotation about y: an upright body leans to its left (+x)."""
    return about_axis((0, 1, 0), angle)


def about_z(angle: float) -> np.ndarray:
    """Rotation about z: an upright body turns to its left."""
    return about_axis((0, 0, 1), angle)


def between(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """The shortest rotation that takes direction ``start`` to ``end``.

    Opposite directions have no shortest rotation; the turn is then made
    about x (or y, where both lie along x).
    """
    start = np.asarray(start, float) / np.linalg.norm(start)
    end = np.asarray(end, float) / np.linalg.norm(end)
    axis = np.cross(start, end)
    sine, cosine = np.linalg.norm(axis), start @ end
    if sine < 1e-9:
        if cosine > 0:
            return np.eye(3)
        axis = np.cross(start, (1.0, 0.0, 0.0))
        if np.linalg.norm(axis) < 1e-6:
            axis = np.cross(start, (0.0, 1.0, 0.0))
    return about_axis(axis, np.arctan2(sine, cosine))
