import numpy as np
import pytest

from mmpose_cmb.synthesis.render import Rendering
from mmpose_cmb.synthesis.sensor import (
    BASELINE_M,
    INVERSE_DEPTH_STEP,
    NEAR_STRUCTURED_LIGHT,
    lost_on_dark,
    mix_at_edges,
    projector_shadow,
    quantise_inverse_depth,
    structured_light,
    time_of_flight,
    tof_noise_sigma,
    without_border,
)

SHAPE = (120, 160)
NO_HAIR = np.zeros(SHAPE, bool)


def wall(depth_m, cosine=1.0):
    return Rendering(
        np.full(SHAPE, depth_m, np.float32),
        np.zeros(SHAPE, np.int32),
        np.full(SHAPE, cosine, np.float32),
    )


def deviation(sensor, depth_m):
    """Standard deviation on a wall, holes left out."""
    seen = sensor(np.random.default_rng(0), wall(depth_m))
    return (seen[seen > 0] - depth_m).std()


def structured(rng, scene, hair=NO_HAIR):
    return structured_light(rng, scene, hair, 285.7)


def tof(rng, scene, hair=NO_HAIR):
    return time_of_flight(rng, scene, hair)


def test_quantisation_step_grows_with_the_square_of_depth():
    for depth in (1.0, 2.0, 4.0):
        ramp = np.linspace(depth, depth + 0.3, 20000)[None]
        values = np.unique(quantise_inverse_depth(ramp, 0 * ramp, INVERSE_DEPTH_STEP))
        step = np.diff(values)[0]
        # 1/8 px, 580 px, 75 mm: 2.87 mm at 1 m, 46 mm at 4 m.
        assert step == pytest.approx(depth**2 / (8 * 580 * 0.075), rel=0.05)


def test_quantisation_without_error_is_within_half_a_step():
    depth = np.random.default_rng(0).uniform(0.6, 6, (50, 50))
    seen = quantise_inverse_depth(depth, 0 * depth, INVERSE_DEPTH_STEP)
    assert (np.abs(seen - depth) <= 0.52 * INVERSE_DEPTH_STEP * depth**2 + 1e-4).all()
    assert (quantise_inverse_depth(0 * depth, 0 * depth, 1e-3) == 0).all()


def test_structured_light_noise_grows_with_the_square_of_depth():
    # Against the law, not the code: 4 times the noise at twice the depth.
    ratio = deviation(structured, 4.0) / deviation(structured, 2.0)
    assert 3.2 < ratio < 4.8
    # Khoshelham & Elberink: about 1.4 mm at 1 m, here 5.7 mm at 2 m.
    assert 0.003 < deviation(structured, 2.0) < 0.01


def test_tof_noise_grows_with_depth_and_slant():
    assert 0.002 < deviation(tof, 2.0) < 0.006
    assert 0.008 < deviation(tof, 4.0) < 0.016
    far = tof_noise_sigma(np.array([2.0, 4.0]), np.ones(2))
    assert (far[1] - 0.001) / (far[0] - 0.001) == pytest.approx(4)
    assert tof_noise_sigma(2.0, 0.3) > 2 * tof_noise_sigma(2.0, 1.0)


def test_projector_shadow_is_as_wide_as_the_disparity_gap():
    depth = np.full((4, 200), 4.0, np.float32)
    depth[:, 60:100] = 1.0
    focal = 400.0
    shadow = projector_shadow(depth, focal)
    # f b (1/1 - 1/4) = 400 * 0.075 * 0.75 = 22.5 px right of the object.
    expected = focal * BASELINE_M * (1 - 1 / 4)
    assert not shadow[:, :100].any()
    # The edge pixel itself and half a pixel of slack go off.
    width = shadow[0].sum()
    assert expected - 2 < width <= expected
    assert shadow[:, 100 : 100 + width].all()


def step_scene():
    scene = wall(4.0)
    scene.depth_m[:, 60:100] = 1.5
    return scene


def test_near_cameras_measure_nearer_and_throw_less_shadow():
    rng = np.random.default_rng(0)
    assert not structured_light(rng, wall(0.4), NO_HAIR, 285.7).any()
    near = structured_light(rng, wall(0.4), NO_HAIR, 285.7, NEAR_STRUCTURED_LIGHT)
    assert (near > 0).mean() > 0.9
    depth = np.full(SHAPE, 1.0, np.float32)
    depth[:, :80] = 0.5
    shadows = [projector_shadow(depth, 300.0, b).sum(axis=1).max() for b in (0.075, 0.03)]
    # f b (1 / near - 1 / far), pixels; half a pixel of slack on either side.
    np.testing.assert_allclose(shadows, [21.5, 8], atol=1)


def test_structured_light_loses_what_the_projector_does_not_reach():
    seen = structured(np.random.default_rng(0), step_scene())
    # 285.7 * 0.075 * (1/1.5 - 1/4) = 8.9 px.
    assert (seen[:, 102:107] == 0).mean() > 0.9
    assert (seen[:, 130:] == 0).mean() < 0.02
    assert (seen[:, 70:90] == 0).mean() < 0.02


def test_structured_light_is_lost_at_grazing_angles():
    rng = np.random.default_rng(0)
    assert (structured(rng, wall(2.0, 0.02)) == 0).mean() > 0.85
    assert (structured(rng, wall(2.0, 0.5)) == 0).mean() < 0.02


def test_flying_pixels_lie_between_the_surfaces():
    mixed = mix_at_edges(np.random.default_rng(0), step_scene().depth_m)
    flying = (mixed > 1.52) & (mixed < 3.98)
    columns = np.flatnonzero(flying.any(axis=0))
    # Only the two columns on each side of the silhouettes at 60 and 100.
    assert set(columns) == {59, 60, 99, 100}
    assert 0.2 < flying[:, columns].mean() < 0.6
    assert 0.05 < (mixed[:, columns] == 0).mean() < 0.3
    away = np.setdiff1d(np.arange(160), columns)
    assert (mixed[:, away] == step_scene().depth_m[:, away]).all()


@pytest.mark.parametrize('sensor', [structured, tof])
def test_hair_of_some_people_is_lost(sensor):
    hair = NO_HAIR.copy()
    hair[40:80, 60:100] = True
    lost = [
        (sensor(np.random.default_rng(seed), wall(2.0), hair)[45:75, 65:95] == 0).mean()
        for seed in range(30)
    ]
    assert min(lost) < 0.1
    assert max(lost) > 0.5


@pytest.mark.parametrize('sensor', [structured, tof])
def test_nothing_is_measured_too_near_too_far_or_where_nothing_is(sensor):
    rng = np.random.default_rng(0)
    for depth in (0.3, 9.0, 0.0):
        assert (sensor(rng, wall(depth)) == 0).all()


def test_dark_furniture_loses_patches_and_nothing_else_does():
    dark = np.zeros(SHAPE, bool)
    dark[20:100, 30:130] = True
    shares = []
    for seed in range(20):
        lost = lost_on_dark(np.random.default_rng(seed), dark)
        assert not lost[~dark].any()
        shares.append(lost[dark].mean())
    assert min(shares) < 0.3 and max(shares) > 0.9


def test_the_border_alone_is_emptied():
    depth_m = np.full(SHAPE, 2.0, np.float32)
    widths = []
    for seed in range(20):
        kept = without_border(np.random.default_rng(seed), depth_m)
        rows, columns = np.nonzero(kept)
        inner = kept[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
        assert (inner == 2).all()
        widths.append(columns.min())
    assert (depth_m == 2).all()
    assert min(widths) == 0 < max(widths) <= SHAPE[1] // 20
