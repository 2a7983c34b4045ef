"""Finding the person's box in a depth image, without colour or a detector.

Planes behind which nothing lies (floor, walls, ceiling) are taken away; what
is left falls into parts at jumps of depth; the part whose size in metres is
most like a person's is the person. Made for one person who stands free in a
room and is seen from the front; who leans on a wall, sits at a table or is
seen from above is not found reliably.
"""

from typing import NamedTuple, Optional, Tuple

import numpy as np

from ..camera import Camera, unproject

# The search runs on every n-th pixel so that at most this many columns are
# left.
SEARCH_WIDTH = 160
MAX_PLANES = 6
NUM_HYPOTHESES = 300
NUM_POINTS = 1500
# Of them, for dropping planes that have too much behind them.
SCREENED = 300
# Times NUM_POINTS and 4: below 2^18, from which on OpenBLAS uses threads.
PLANES_AT_ONCE = 32
# Points this near to a plane are of it: a part that is fixed, and one that
# grows with the square of the distance, as sensors' noise does.
PLANE_TOLERANCE_M = 0.04
PLANE_TOLERANCE_PER_M = 0.004
MIN_PLANE_SHARE = 0.02
MAX_SHARE_BEHIND = 0.06
# Of its visible part: before a background that the sensor does not see, the
# front of a person is a plane with nothing behind it, but a small one.
MIN_PLANE_AREA_M2 = 1.0
# Neighbouring pixels belong together up to this difference, per metre of
# distance.
MAX_JUMP_PER_M = 0.03
# A person's visible area, and the sides of the box: middle, and spread as a
# factor.
AREA_M2 = (0.5, 1.8)
LONG_SIDE_M = (1.4, 1.6)
SHORT_SIDE_M = (0.7, 1.8)
# Persons are nearer to the middle, in parts of the image's width; furniture
# and walls leave the image sideways.
MIDDLE_SPREAD = 0.3
SIDE_PENALTY = 0.5
# Bodies are not flat: less than this off a plane (rms) is held against a part.
MIN_RELIEF_M = 0.05
MIN_AREA_M2 = 0.08
# A wrong unit makes single pixels as large as a person.
MIN_PIXELS = 16
# Of the part beside the person's: an arm before the body, a cut-off foot.
MAX_MERGE_DEPTH_M = 0.5
MAX_MERGE_SHARE = 0.8


class PersonBox(NamedTuple):
    """What was found.

    Attributes:
        bbox (np.ndarray): x1, y1, x2, y2, pixels, float32 [4].
        score (float): How like a person's its size is, 0 to 1.
    """

    bbox: np.ndarray
    score: float


def find_person_box(
    depth_m: np.ndarray, camera: Camera, padding_m: float = 0.1
) -> Optional[PersonBox]:
    """Find the person in a depth image.

    Args:
        depth_m (np.ndarray): Metres, (H, W), 0 = invalid.
        camera (Camera): The camera.
        padding_m (float): Margin around the person, metres at its distance.
            Defaults to 0.1.

    Returns:
        PersonBox, optional: The box within the image; ``None`` where nothing
        has a person's size.
    """
    step = max(1, round(depth_m.shape[1] / SEARCH_WIDTH))
    depth_m = depth_m[::step, ::step]
    # Pixel x of the small image is x * step of the large one.
    height, width = depth_m.shape
    small = Camera(camera.fx / step, camera.fy / step, camera.cx / step, camera.cy / step)
    y, x = np.indices(depth_m.shape)
    points = unproject(np.stack([x, y], -1), depth_m, small)
    free = (depth_m > 0) & ~background_planes(points, depth_m > 0, small)
    parts = split_at_jumps(np.where(free, depth_m, 0))
    found = _best_person(points, parts, small)
    if found is None:
        return None
    person, score = found
    rows, columns = np.nonzero(person)
    pad = padding_m / np.median(depth_m[person])
    low = np.array([columns.min() - pad * small.fx, rows.min() - pad * small.fy])
    high = np.array([columns.max() + pad * small.fx, rows.max() + pad * small.fy])
    limit = np.array([width, height]) - 1
    bbox = np.concatenate([low.clip(0), np.minimum(high, limit)]) * step
    return PersonBox(bbox.astype(np.float32), score)


def background_planes(points: np.ndarray, valid: np.ndarray, camera: Camera) -> np.ndarray:
    """Find planes with (nearly) nothing behind them, by RANSAC.

    Args:
        points (np.ndarray): Camera frame, metres, (H, W, 3).
        valid (np.ndarray): Pixels that have a point, bool (H, W).
        camera (Camera): For the area that a pixel covers.

    Returns:
        np.ndarray: Pixels of such planes, bool (H, W).
    """
    rng = np.random.default_rng(0)
    on_planes = np.zeros(valid.shape, bool)
    tolerance = PLANE_TOLERANCE_M + PLANE_TOLERANCE_PER_M * points[..., 2] ** 2
    everything = np.flatnonzero(valid)
    if len(everything) < 100:
        return on_planes
    chosen = everything[rng.integers(len(everything), size=NUM_POINTS)]
    # The farthest first: they tell soonest that a plane has much behind it.
    chosen = chosen[np.argsort(-points[..., 2].flat[chosen])]
    sample, limit = points.reshape(-1, 3)[chosen], tolerance.flat[chosen]
    # A plane times these is the distance from it in units of the tolerance.
    scaled = np.column_stack([sample, np.ones(NUM_POINTS)]) / limit[:, None]
    reach = np.ones(NUM_POINTS)
    work = np.empty(NUM_HYPOTHESES * NUM_POINTS)
    max_behind = MAX_SHARE_BEHIND * NUM_POINTS
    pixel_area = sample[:, 2] ** 2 / (camera.fx * camera.fy)
    min_area_m2 = MIN_PLANE_AREA_M2 * NUM_POINTS / len(everything)
    for _ in range(MAX_PLANES):
        planes = _hypotheses(points, valid & ~on_planes, rng)
        behind = _distances(planes, scaled[:SCREENED], work) > 3
        planes = planes[np.count_nonzero(behind, axis=1) <= max_behind]
        distance = _distances(planes, scaled, work)
        behind = np.count_nonzero(distance > 3, axis=1)
        near = np.abs(distance, out=distance) < reach
        near[behind > max_behind] = False
        best = _largest_plane(planes, near, sample, pixel_area, min_area_m2)
        if best is None:
            break
        # What is taken is no longer near to any plane.
        reach[scaled @ best > -1] = 0
        distance = points @ best[:3] + best[3]
        on_planes |= valid & (distance > -tolerance)
    return on_planes


def split_at_jumps(depth_m: np.ndarray) -> np.ndarray:
    """Label the parts between which depth jumps.

    Args:
        depth_m (np.ndarray): Metres, (H, W), 0 = invalid.

    Returns:
        np.ndarray: int (H, W); pixels of the same part have the same number,
        -1 = invalid.
    """
    valid = depth_m > 0
    index = np.cumsum(valid).reshape(depth_m.shape) - 1
    first, second = [], []
    # The next pixel but one bridges single holes.
    for reach in (1, 2):
        for a, b in ((np.s_[:, :-reach], np.s_[:, reach:]), (np.s_[:-reach], np.s_[reach:])):
            near, far = depth_m[a], depth_m[b]
            # The smaller one is 0 where either is invalid.
            joined = np.abs(near - far) < MAX_JUMP_PER_M * np.minimum(near, far)
            first.append(index[a][joined])
            second.append(index[b][joined])
    labels = connected_labels(
        int(np.count_nonzero(valid)), np.concatenate(first), np.concatenate(second)
    )
    parts = np.full(depth_m.shape, -1)
    parts[valid] = labels
    return parts


def connected_labels(size: int, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Label the connected components of a graph.

    Every node takes the smallest label among its neighbours' and that of its
    label, until nothing changes: a logarithmic number of rounds.

    Args:
        size (int): Number of nodes.
        first (np.ndarray): Nodes at one end of the edges, int [E].
        second (np.ndarray): Nodes at the other end, int [E].

    Returns:
        np.ndarray: int [size], 0 to the number of components - 1, in the
        order of the components' first nodes.
    """
    labels = np.arange(size)
    while True:
        lowest = np.minimum(labels[first], labels[second])
        hooked = labels.copy()
        # The label's own node takes part, so that whole trees are joined.
        np.minimum.at(hooked, labels[first], lowest)
        np.minimum.at(hooked, labels[second], lowest)
        hooked = hooked[hooked]
        if np.array_equal(hooked, labels):
            # A component's label is its first node.
            return (np.cumsum(labels == np.arange(size)) - 1)[labels]
        labels = hooked


def person_likeness(area_m2: float, long_side_m: float, short_side_m: float) -> float:
    """How like a person's a visible area and the box's sides are, 0 to 1."""
    score = 1.0
    for value, (middle, factor) in (
        (area_m2, AREA_M2),
        (long_side_m, LONG_SIDE_M),
        (short_side_m, SHORT_SIDE_M),
    ):
        deviation = np.log(max(value, 1e-6) / middle) / np.log(factor)
        score *= float(np.exp(-(deviation**2) / 2))
    return score


def _hypotheses(points: np.ndarray, left: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Planes (n, d) with n . p + d > 0 beyond them, through three points."""
    indices = np.flatnonzero(left)
    if len(indices) < 50:
        return np.zeros((0, 4))
    height, width = left.shape
    picked = indices[rng.integers(len(indices), size=NUM_HYPOTHESES)]
    rows, columns = np.divmod(picked, width)
    # Points near each other are mostly of one surface.
    reach = width // 6
    corners = [points[rows, columns]]
    usable = np.ones(NUM_HYPOTHESES, bool)
    for _ in range(2):
        y = rows + rng.integers(-reach, reach + 1, NUM_HYPOTHESES)
        x = columns + rng.integers(-reach, reach + 1, NUM_HYPOTHESES)
        y, x = y.clip(0, height - 1), x.clip(0, width - 1)
        usable &= left[y, x]
        corners.append(points[y, x])
    a, b, c = corners
    (x1, y1, z1), (x2, y2, z2) = (b - a).T, (c - a).T
    normals = np.stack([y1 * z2 - z1 * y2, z1 * x2 - x1 * z2,
                        x1 * y2 - y1 * x2], axis=1)  # yapf: disable
    lengths = np.linalg.norm(normals, axis=1)
    usable &= lengths > 1e-4
    normals, a = normals[usable] / lengths[usable, None], a[usable]
    offsets = -np.sum(normals * a, axis=1)
    # The camera, the origin, is before the plane.
    sign = np.where(offsets > 0, -1, 1)
    return np.column_stack([normals, offsets]) * sign[:, None]


def _distances(planes: np.ndarray, points: np.ndarray, work: np.ndarray) -> np.ndarray:
    """Planes [N, 4] times points [P, 4], in place.

    New arrays of this size would cost more than the sums. So would threads,
    which BLAS starts for larger products than these.
    """
    shape = len(planes), len(points)
    out = work[: shape[0] * shape[1]].reshape(shape)
    for i in range(0, len(planes), PLANES_AT_ONCE):
        part = slice(i, i + PLANES_AT_ONCE)
        np.matmul(planes[part], points.T, out=out[part])
    return out


def _largest_plane(
    planes: np.ndarray,
    near: np.ndarray,
    points: np.ndarray,
    pixel_area: np.ndarray,
    min_area_m2: float,
) -> Optional[np.ndarray]:
    """The plane with most points near to it, if it is large enough."""
    inliers = np.count_nonzero(near, axis=1)
    for i in np.argsort(-inliers, kind='stable'):
        if inliers[i] < MIN_PLANE_SHARE * NUM_POINTS:
            break
        if _plane_area(points[near[i]], planes[i], pixel_area[near[i]]) >= min_area_m2:
            return planes[i]
    return None


def _plane_area(points: np.ndarray, plane: np.ndarray, pixel_area: np.ndarray) -> float:
    """Visible area of a plane, m2: pixels on a slanted one cover more."""
    slant = np.abs(points / points[:, 2:] @ plane[:3])
    return (pixel_area / np.maximum(slant, 0.02)).sum()


def _relief_m(points: np.ndarray) -> float:
    """Root mean square distance of points, [N, 3], from their best plane."""
    spread = np.cov(points, rowvar=False)
    return float(np.sqrt(max(np.linalg.eigvalsh(spread)[0], 0)))


def _best_person(
    points: np.ndarray, parts: np.ndarray, camera: Camera
) -> Optional[Tuple[np.ndarray, float]]:
    """Pixels and score of the parts most like a person."""
    depth_m = points[..., 2]
    width = depth_m.shape[1]
    pixel_area = depth_m.astype(np.float64) ** 2 / (camera.fx * camera.fy)
    valid = parts >= 0
    areas = np.bincount(parts[valid], pixel_area[valid])
    large = (areas >= MIN_AREA_M2) & (np.bincount(parts[valid]) >= MIN_PIXELS)
    best: Optional[Tuple[np.ndarray, float]] = None
    for label in np.flatnonzero(large).tolist():
        person = _with_neighbours(depth_m, parts, label)
        rows, columns = np.nonzero(person)
        near_m = np.median(depth_m[person])
        sides_m = sorted([np.ptp(rows) * near_m / camera.fy, np.ptp(columns) * near_m / camera.fx])
        score = person_likeness(pixel_area[person].sum(), *sides_m[::-1])
        off_middle = columns.mean() / (width - 1) - 0.5
        score *= np.exp(-((off_middle / MIDDLE_SPREAD) ** 2) / 2)
        score *= min(_relief_m(points[person]) / MIN_RELIEF_M, 1.0)
        if columns.min() <= 1:
            score *= SIDE_PENALTY
        if columns.max() >= width - 2:
            score *= SIDE_PENALTY
        if best is None or score > best[1]:
            best = person, float(score)
    return best


def _with_neighbours(depth_m: np.ndarray, parts: np.ndarray, label: int) -> np.ndarray:
    """The person's part and smaller ones at its depth within its box."""
    person = parts == label
    size, near_m = person.sum(), np.median(depth_m[person])
    sizes = np.bincount(parts[parts >= 0])
    taken = {label}
    while True:
        rows, columns = np.nonzero(person)
        inner = parts[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
        counts = np.bincount(inner[inner >= 0], minlength=len(sizes))
        # More than half inside, and more than a few stray pixels.
        fits = (counts >= np.maximum(0.5 * sizes, 5)) & (sizes < MAX_MERGE_SHARE * size)
        new = [
            number
            for number in set(np.flatnonzero(fits).tolist()) - taken
            if abs(np.median(depth_m[parts == number]) - near_m) < MAX_MERGE_DEPTH_M
        ]
        if not new:
            return person
        taken.update(new)
        # One more, for the -1 of invalid pixels.
        is_taken = np.zeros(len(sizes) + 1, bool)
        is_taken[list(taken)] = True
        person = is_taken[parts]
