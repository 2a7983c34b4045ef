"""People's boxes as maps, and the way back.

One map tells how much each cell is a box's centre, four tell how far the
box's sides are from it. Centres: Zhou et al., "Objects as Points", 2019. That
the cells around a centre answer for the box too, by Gaussians of the box's
shape: Liu et al., "Training-Time-Friendly Network for Real-Time Object
Detection", AAAI 2020.
"""

from typing import NamedTuple, Tuple

import cv2
import numpy as np

# The part of a box that its Gaussian covers (Liu et al.).
GAUSSIAN_PART = 0.54


class BoxMaps(NamedTuple):
    """Boxes of one input as maps of h x w cells.

    Attributes:
        heat (np.ndarray): [1, h, w], 1 at centres, falling to 0 around them.
        heat_weights (np.ndarray): [1, h, w], 0 where it is not known whether
            there is somebody.
        sides (np.ndarray): [4, h, w], from the cell to the left, upper, right
            and lower side of its box, pixels of the input.
        side_weights (np.ndarray): [1, h, w], how much each cell answers for
            its box: 1 in all for each box; 0 elsewhere.
    """

    heat: np.ndarray
    heat_weights: np.ndarray
    sides: np.ndarray
    side_weights: np.ndarray


def cell_places(map_size: Tuple[int, int], stride: int) -> Tuple[np.ndarray, np.ndarray]:
    """Where the cells' middles are, pixels of the input: x [w] and y [h]."""
    x, y = (stride * (np.arange(n, dtype=np.float32) + 0.5) - 0.5 for n in map_size)
    return x, y


def encode_boxes(
    boxes: np.ndarray, unsure: np.ndarray, map_size: Tuple[int, int], stride: int
) -> BoxMaps:
    """Draw boxes into maps. Of boxes that share a cell the smallest has it.

    Args:
        boxes (np.ndarray): [N, 4], x1, y1, x2, y2, pixels of the input.
        unsure (np.ndarray): [M, 4], boxes in which somebody may be who is not
            among ``boxes``.
        map_size (Tuple[int, int]): Width and height of the maps, cells.
        stride (int): Pixels of the input for each cell.
    """
    x, y = cell_places(map_size, stride)
    shape = (len(y), len(x))
    heat = np.zeros(shape, np.float32)
    sides = np.zeros((4, *shape), np.float32)
    owner = np.full(shape, -1)
    weights = np.zeros(shape, np.float32)
    boxes = np.asarray(boxes, np.float32).reshape(-1, 4)
    areas = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    for i in np.argsort(-areas, kind='stable'):
        x1, y1, x2, y2 = boxes[i]
        gaussian = np.outer(
            _gaussian((y1 + y2) / 2, y2 - y1, len(y), stride),
            _gaussian((x1 + x2) / 2, x2 - x1, len(x), stride),
        )
        inside = gaussian > 0
        heat = np.maximum(heat, gaussian)
        owner[inside] = i
        weights[inside] = gaussian[inside]
        distances = np.stack(np.broadcast_arrays(x - x1, y[:, None] - y1, x2 - x, y2 - y[:, None]))
        sides[:, inside] = distances[:, inside]
    for i in range(len(boxes)):
        own = owner == i
        weights[own] /= max(weights[own].sum(), 1e-6)
    heat_weights = np.ones(shape, np.float32)
    for x1, y1, x2, y2 in np.asarray(unsure, np.float32).reshape(-1, 4):
        hidden = np.outer((y >= y1) & (y <= y2), (x >= x1) & (x <= x2))
        heat_weights[hidden & (heat == 0)] = 0
    return BoxMaps(heat[None], heat_weights[None], sides, weights[None])


def decode_boxes(
    heat: np.ndarray,
    sides: np.ndarray,
    stride: int,
    least_score: float = 0.3,
    most_boxes: int = 10,
    most_overlap: float = 0.6,
) -> Tuple[np.ndarray, np.ndarray]:
    """Read the boxes at the heat's maxima, best first.

    Args:
        heat (np.ndarray): [h, w], probabilities.
        sides (np.ndarray): [4, h, w], see :class:`BoxMaps`, pixels.
        stride (int): Pixels of the input for each cell.
        least_score (float): What is lower is nobody. Defaults to 0.3.
        most_boxes (int): Defaults to 10.
        most_overlap (float): A box that overlaps a better one by more (IoU)
            is the same person. Defaults to 0.6.

    Returns:
        tuple: Boxes [N, 4], pixels of the input, and scores [N], float32.
    """
    heat = np.asarray(heat, np.float32)
    maxima = (heat == cv2.dilate(heat, np.ones((3, 3), np.uint8))) & (heat >= least_score)
    row, column = np.nonzero(maxima)
    height, width = heat.shape
    x, y = cell_places((width, height), stride)
    place = np.stack([x[column], y[row]], axis=1)
    left_up, right_down = sides[:2, row, column].T, sides[2:, row, column].T
    boxes = np.concatenate([place - left_up, place + right_down], axis=1).astype(np.float32)
    scores = heat[row, column]
    corner_size = np.concatenate([boxes[:, :2], boxes[:, 2:] - boxes[:, :2]], axis=1)
    doubles_off = cv2.dnn.NMSBoxes(corner_size.tolist(), scores.tolist(), 0.0, most_overlap)
    kept = np.asarray(doubles_off, int).ravel()[:most_boxes]
    return boxes[kept], scores[kept]


def _gaussian(center: float, extent: float, count: int, stride: int) -> np.ndarray:
    """A box's Gaussian along one axis, [count], 1 at the centre's cell."""
    middle = int(np.clip((center + 0.5) // stride, 0, count - 1))
    radius = int(GAUSSIAN_PART * extent / 2 / stride)
    steps = np.arange(count, dtype=np.float32) - middle
    std = (2 * radius + 1) / 6
    return np.where(np.abs(steps) <= radius, np.exp(-0.5 * (steps / std) ** 2), 0)
