"""Clothes, shapes and rooms."""

import numpy as np
import pytest

from mmpose_cmb.synthesis.body import Body, load_body_model
from mmpose_cmb.synthesis.clothing import dress, vertex_normals
from mmpose_cmb.synthesis.room import sample_room, seat
from mmpose_cmb.synthesis.shapes import box, cylinder, merge, place, sheet


def volume(vertices, faces):
    """Signed volume of a closed mesh, positive for outward faces."""
    a, b, c = np.moveaxis(vertices[faces], 1, 0)
    return (a * np.cross(b, c)).sum() / 6


def test_volumes():
    assert abs(volume(*box((0, 0, 0), (1, 2, 3)))) == pytest.approx(6)
    # A 64-gon of radius 1: area 32 sin(2 pi / 64).
    area = 32 * np.sin(2 * np.pi / 64)
    assert abs(volume(*cylinder(1, 1, 2, sides=64))) == pytest.approx(2 * area)


def test_place_turns_then_moves():
    vertices, _ = place(box((0, 0, 0), (1, 2, 3)), np.pi / 2, (5, 0, 0))
    np.testing.assert_allclose(vertices.min(0), [3, 0, 0], atol=1e-12)
    np.testing.assert_allclose(vertices.max(0), [5, 1, 3], atol=1e-12)


def test_merge_keeps_the_triangles():
    parts = [box((0, 0, 0), (1, 1, 1)), box((3, 0, 0), (5, 1, 1))]
    vertices, faces = merge(parts)
    together = vertices[faces]
    np.testing.assert_array_equal(together, np.concatenate([v[f] for v, f in parts]))


def test_a_flat_sheet_has_two_triangles():
    x = np.linspace(0, 1, 11)
    assert len(sheet(x, 2 * x, 1.0)[1]) == 2
    bent = sheet(x, np.abs(x - 0.5), 1.0)
    assert len(bent[1]) == 4
    np.testing.assert_allclose(np.ptp(bent[0], axis=0), [1, 0.5, 1])


def test_normals_of_a_sphere_point_outward():
    polar = np.linspace(0.05, np.pi - 0.05, 20)
    around = np.arange(40) * np.pi / 20
    p, a = np.meshgrid(polar, around, indexing='ij')
    points = np.stack([np.sin(p) * np.cos(a), np.sin(p) * np.sin(a), np.cos(p)], -1)
    index = np.arange(800).reshape(20, 40)
    right = np.roll(index, -1, axis=1)
    faces = np.concatenate(
        [
            np.stack([index[:-1], index[1:], right[1:]], -1).reshape(-1, 3),
            np.stack([index[:-1], right[1:], right[:-1]], -1).reshape(-1, 3),
        ]
    )
    points = points.reshape(-1, 3)
    normals = vertex_normals(points, faces)
    inner = np.abs(points[:, 2]) < 0.9
    assert ((normals * points).sum(1)[inner] > 0.99).all()


@pytest.fixture(scope='module')
def model():
    return load_body_model()


def test_clothes_make_bodies_bulkier_but_not_the_face(model):
    body = model.pose({}, {})
    local = body.vertices - body.bones['head']
    face = (model.vertex_bones == 'head') & (local[:, 1] < -0.06) & (local[:, 2] < 0.02)
    assert face.sum() > 10
    for seed in range(5):
        dressed = dress(np.random.default_rng(seed), body, model.faces, model.vertex_bones)
        grown = np.linalg.norm(dressed.vertices - body.vertices, axis=1)
        assert (grown[face] == 0).all()
        assert grown.max() < 0.09
        assert volume(dressed.vertices, model.faces) > 1.02 * volume(body.vertices, model.faces)


def test_hair_is_on_top_and_turns_with_the_head(model):
    body = model.pose({}, {})
    hair = dress(np.random.default_rng(0), body, model.faces, model.vertex_bones).hair
    assert 20 < hair.sum() < 0.7 * (model.vertex_bones == 'head').sum()
    assert body.vertices[hair, 2].mean() > body.bones['head'][2] + 0.05
    turn = np.diag([1.0, -1, -1])
    upside_down = Body(
        body.vertices @ turn.T, {name: turn @ at for name, at in body.bones.items()}, turn
    )
    again = dress(np.random.default_rng(0), upside_down, model.faces, model.vertex_bones).hair
    # Up to a vertex on the border itself.
    assert (hair != again).sum() <= 3


def test_rooms_leave_the_person_and_the_camera_free():
    low, high = np.array([-0.5, -0.3, 0]), np.array([0.5, 0.3, 1.8])
    camera = np.array([0, -2.8, 2.5])
    triangles = set()
    for seed in range(60):
        vertices, faces = sample_room(np.random.default_rng(seed), low, high, camera)
        triangles.add(len(faces))
        above_floor = (vertices[:, 2] > 0.02) & (vertices[:, 2] < 2)
        inside = ((vertices[:, :2] > low[:2]) & (vertices[:, :2] < high[:2])).all(axis=1)
        assert not (inside & above_floor).any()
        ceiling = vertices[:, 2].max()
        assert ceiling < 2.2 or ceiling >= camera[2] + 0.29
    assert len(triangles) > 30


def test_a_seat_ends_below_the_pelvis():
    for seed in range(6):
        vertices, _ = seat(np.random.default_rng(seed), np.array([0.2, 0.1, 0.6]), 0.5)
        under = np.abs(vertices[:, :2] - (0.2, 0.1)).max(axis=1) < 0.5
        assert vertices[under, 2].min() == pytest.approx(0)
        # Only a backrest may be higher than the seat itself.
        tops = np.unique(vertices[:, 2].round(6))
        assert 0.49 in tops
