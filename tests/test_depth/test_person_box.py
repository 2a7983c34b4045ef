import numpy as np
import pytest

from mmpose.registry import TRANSFORMS
from mmpose_cmb.camera import Camera, unproject
from mmpose_cmb.datasets import PersonBoxFromDepth
from mmpose_cmb.depth.person_box import (
    background_planes,
    connected_labels,
    find_person_box,
    person_likeness,
    split_at_jumps,
)

CAMERA = Camera(140.0, 140.0, 79.5, 59.5, 160, 120)
CAMERA_HEIGHT_M, WALL_M = 1.2, 4.5


def _room():
    """Floor 1.2 m below a level camera, wall 4.5 m away."""
    y = np.arange(120.0)[:, None] - CAMERA.cy
    with np.errstate(divide='ignore'):
        floor = np.where(y > 0, CAMERA_HEIGHT_M * CAMERA.fy / y, np.inf)
    return np.broadcast_to(np.minimum(floor, WALL_M), (120, 160)).copy()


def _put(depth_m, x_m, distance_m, width_m, top_m, relief_m=0.12):
    """Stand a rounded column on the floor; returns its box in pixels."""
    x1 = CAMERA.cx + CAMERA.fx * (x_m - width_m / 2) / distance_m
    x2 = CAMERA.cx + CAMERA.fx * (x_m + width_m / 2) / distance_m
    y1 = CAMERA.cy + CAMERA.fy * (CAMERA_HEIGHT_M - top_m) / distance_m
    y2 = CAMERA.cy + CAMERA.fy * CAMERA_HEIGHT_M / distance_m
    y, x = np.indices(depth_m.shape)
    inside = (x >= x1) & (x <= x2) & (y >= y1) & (y <= y2)
    across = (2 * x - x1 - x2) / (x2 - x1)
    surface = distance_m + 3 * relief_m * across**2
    depth_m[inside] = np.minimum(depth_m, surface)[inside]
    return np.array([x1, y1, x2, y2])


def _iou(a, b):
    low, high = np.maximum(a[:2], b[:2]), np.minimum(a[2:], b[2:])
    both = np.prod((high - low).clip(0))
    return both / (np.prod(a[2:] - a[:2]) + np.prod(b[2:] - b[:2]) - both)


def _noisy(depth_m):
    rng = np.random.default_rng(0)
    depth_m = depth_m + rng.normal(0, 0.003, depth_m.shape) * depth_m
    depth_m[rng.random(depth_m.shape) < 0.03] = 0
    return depth_m.astype(np.float32)


@pytest.mark.parametrize('x_m, distance_m', [(0.0, 2.5), (-0.7, 3.0), (0.6, 3.6)])
def test_a_person_in_a_room(x_m, distance_m):
    depth = _room()
    true = _put(depth, x_m, distance_m, 0.5, 1.75)
    found = find_person_box(_noisy(depth), CAMERA, padding_m=0.0)
    # The floor takes the lowest decimetre of the legs.
    assert _iou(found.bbox, true) > 0.8
    assert 0.3 < found.score <= 1


def test_furniture_is_not_the_person():
    depth = _room()
    true = _put(depth, 0.2, 3.0, 0.5, 1.7)
    _put(depth, -1.3, 3.2, 0.9, 0.8)  # a chest
    _put(depth, 1.5, 3.2, 0.7, 2.6)  # leaves the image at the top
    found = find_person_box(_noisy(depth), CAMERA, padding_m=0.0)
    assert _iou(found.bbox, true) > 0.8


def test_padding_is_in_metres():
    depth = _room()
    _put(depth, 0.0, 3.2, 0.5, 1.5)
    narrow = find_person_box(depth, CAMERA, padding_m=0.0).bbox
    wide = find_person_box(depth, CAMERA, padding_m=0.1).bbox
    distance = np.median(depth[50:90, 72:87])
    np.testing.assert_allclose(
        wide - narrow, 0.1 * 140 / distance * np.array([-1, -1, 1, 1]), rtol=0.1
    )


def test_the_box_is_in_pixels_of_the_whole_frame():
    """The search may run on every n-th pixel."""
    large = Camera(420.0, 420.0, 238.5, 178.5, 480, 360)
    depth = _room()
    _put(depth, 0.3, 2.5, 0.5, 1.7)
    small = find_person_box(depth, CAMERA)
    found = find_person_box(depth.repeat(3, 0).repeat(3, 1), large)
    np.testing.assert_allclose(found.bbox, small.bbox * 3, atol=6)


def test_an_empty_room_and_an_empty_image():
    assert find_person_box(_noisy(_room()), CAMERA) is None
    assert find_person_box(np.zeros((120, 160), np.float32), CAMERA) is None


def test_floor_and_wall_are_planes_and_the_person_is_not():
    depth = _room()
    true = _put(depth, 0.0, 2.5, 0.5, 1.7).round().astype(int)
    y, x = np.indices(depth.shape)
    points = unproject(np.stack([x, y], -1), depth, CAMERA)
    planes = background_planes(points, depth > 0, CAMERA)
    inner = np.zeros(depth.shape, bool)
    inner[true[1] + 2 : true[3] - 12, true[0] + 2 : true[2] - 1] = True
    assert not planes[inner].any()
    room = np.ones(depth.shape, bool)
    room[true[1] - 1 : true[3] + 2, true[0] - 1 : true[2] + 2] = False
    assert planes[room].mean() > 0.99


def test_a_flat_person_before_nothing_is_no_background():
    """The sensor sees no wall: the person is all there is."""
    depth = np.zeros((120, 160), np.float32)
    depth[20:110, 60:90] = 2.5
    found = find_person_box(depth, CAMERA, padding_m=0.0)
    np.testing.assert_array_equal(found.bbox, [60, 20, 89, 109])


def test_parts_are_split_where_depth_jumps():
    depth = np.float32([[2, 2, 3, 3, 0], [2, 2, 3.04, 0, 5], [2.03, 0, 0, 0, 5]])
    parts = split_at_jumps(depth)
    expected = [[0, 0, 1, 1, -1], [0, 0, 1, -1, 2], [0, -1, -1, -1, 2]]
    numbers = {0: parts[0, 0], 1: parts[0, 2], 2: parts[1, 4], -1: -1}
    assert len(set(numbers.values())) == 4
    np.testing.assert_array_equal(parts, np.vectorize(numbers.get)(expected))


def test_labels_are_those_of_scipy():
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    rng = np.random.default_rng(0)
    for _ in range(100):
        size, edges = rng.integers(1, 300), rng.integers(0, 400)
        first, second = rng.integers(size, size=(2, edges))
        graph = coo_matrix((np.ones(edges, bool), (first, second)), shape=(size, size))
        expected = connected_components(graph, directed=False)[1]
        labels = connected_labels(size, first, second)
        assert len(set(zip(labels, expected))) == len(set(expected)) == len(set(labels))


def test_likeness_peaks_at_a_person():
    person = person_likeness(0.5, 1.4, 0.7)
    assert person == pytest.approx(1)
    for other in ((2.5, 2.2, 1.5), (0.1, 0.4, 0.3), (0.5, 3.5, 0.7)):
        assert person_likeness(*other) < 0.2


def test_the_transform():
    assert TRANSFORMS.get('PersonBoxFromDepth') is PersonBoxFromDepth
    depth = _room().astype(np.float32)
    _put(depth, 0.0, 2.5, 0.5, 1.7)
    expected = find_person_box(depth, CAMERA, padding_m=0.05)
    camera = list(CAMERA[:4])
    results = PersonBoxFromDepth(padding_m=0.05)(dict(img=depth, intrinsics=np.float32(camera)))
    np.testing.assert_allclose(results['bbox'], [expected.bbox])
    np.testing.assert_allclose(results['bbox_score'], [expected.score])
    by_argument = PersonBoxFromDepth(camera, padding_m=0.05)(dict(img=depth))
    np.testing.assert_allclose(by_argument['bbox'], [expected.bbox])
    nobody = PersonBoxFromDepth(camera)(dict(img=depth * 0))
    np.testing.assert_array_equal(nobody['bbox'], [[0, 0, 159, 119]])
    assert nobody['bbox_score'] == 0


def test_the_camera_must_be_known():
    with pytest.raises(ValueError, match='a.png: the camera is not known'):
        PersonBoxFromDepth()(dict(img=np.ones((4, 4)), img_path='a.png'))
    with pytest.raises(ValueError, match='fx, fy, cx, cy'):
        PersonBoxFromDepth(intrinsics=[1, 2])


def test_real_frames(real_data_dir):
    """ITOP's front view: found in nearly all, against the joints' box."""
    data = np.load(real_data_dir / 'itop_front_real_64.npz')
    # The file's frames are columns 40 to 279, 2.4 times smaller.
    focal = 1 / 0.0035 / 2.4
    camera = Camera(focal, focal, 120 / 2.4, 120 / 2.4, 100, 100)
    overlaps = []
    for depth, joints, scale in zip(data['depth01'], data['kpt_crop_xy'], data['scale_m_est']):
        found = find_person_box((depth * scale).astype(np.float32), camera)
        # ITOPDataset's margin of 15 pixels, within the image.
        box = np.concatenate([joints.min(0) - 15 / 2.4, joints.max(0) + 15 / 2.4]).clip(0, 99)
        overlaps.append(_iou(found.bbox, box) if found else 0.0)
    assert np.median(overlaps) > 0.8
    assert np.mean(np.array(overlaps) > 0.5) > 0.9
