"""Depth of triangle meshes by ray casting on a bounding volume hierarchy."""

import functools
from types import ModuleType, SimpleNamespace
from typing import NamedTuple

import numpy as np

from ..camera import Camera
from ..compat import init_warp_quietly

FAR_M = 30.0


class Rendering(NamedTuple):
    """What a camera sees.

    Attributes:
        depth_m: (H, W) float32, distance along the optical axis, 0 = nothing.
        face: (H, W) int32, index of the triangle that was hit, -1 = none.
        cos_incidence: (H, W) float32, cosine between the ray and the
            surface's normal, 0 = nothing hit.
    """

    depth_m: np.ndarray
    face: np.ndarray
    cos_incidence: np.ndarray


def render_depth(
    vertices_cam: np.ndarray, faces: np.ndarray, intrinsics: Camera, device: str = 'cpu'
) -> Rendering:
    """Cast one ray through the centre of every pixel.

    Args:
        vertices_cam (np.ndarray): (V, 3), camera frame, metres.
        faces (np.ndarray): (F, 3), vertex indices; both sides are seen.
        intrinsics (Camera): The camera.
        device (str): ``'cpu'``, or a GPU: ``'cuda'``, ``'cuda:1'``; the last
            bits of the depth may differ between them. Defaults to 'cpu'.

    Raises:
        ImportError: If ``warp-lang`` is not installed.
        ValueError: If there is no such device.
    """
    tools = _kernels()
    wp = tools.wp
    check_device(device)
    shape = (intrinsics.height, intrinsics.width)
    with wp.ScopedDevice(device):
        mesh = wp.Mesh(
            points=wp.array(np.ascontiguousarray(vertices_cam, np.float32), dtype=wp.vec3),
            indices=wp.array(np.ascontiguousarray(faces, np.int32).reshape(-1)),
        )
        depth = wp.zeros(shape, dtype=wp.float32)
        face = wp.full(shape, -1, dtype=wp.int32)
        cosine = wp.zeros(shape, dtype=wp.float32)
        wp.launch(
            tools.cast_rays,
            dim=shape,
            inputs=[mesh.id, intrinsics.fx, intrinsics.fy, intrinsics.cx, intrinsics.cy, FAR_M],
            outputs=[depth, face, cosine],
        )
    return Rendering(depth.numpy(), face.numpy(), cosine.numpy())


def check_device(device: str) -> None:
    """Refuse a device that this machine does not have.

    Raises:
        ValueError: Naming those that it has.
    """
    wp = import_warp()
    known = [str(found) for found in wp.get_devices()]
    if ('cuda:0' if device == 'cuda' else device) not in known:
        raise ValueError(
            f'there is no device {device!r} to render on; this machine has {", ".join(known)}'
        )


def import_warp() -> ModuleType:
    """Import warp so that it speaks of errors only.

    Raises:
        ImportError: If ``warp-lang`` is not installed.
    """
    try:
        import warp as wp
    except ImportError as error:
        raise ImportError(
            'synthetic depth is ray-cast with the package warp-lang, which is '
            'not installed: pip install warp-lang'
        ) from error
    init_warp_quietly(wp)
    return wp


@functools.lru_cache(maxsize=1)
def _kernels() -> SimpleNamespace:
    """Import warp and define the kernel, at the first use only."""
    wp = import_warp()

    @wp.kernel
    def cast_rays(
        mesh: wp.uint64,
        fx: float,
        fy: float,
        cx: float,
        cy: float,
        far: float,
        depth: wp.array2d(dtype=wp.float32),
        face: wp.array2d(dtype=wp.int32),
        cosine: wp.array2d(dtype=wp.float32),
    ):
        v, u = wp.tid()
        # Left at z = 1 instead of unit length: the ray's t is the z-depth.
        ray = wp.vec3((float(u) - cx) / fx, (float(v) - cy) / fy, 1.0)
        hit = wp.mesh_query_ray(mesh, wp.vec3(0.0, 0.0, 0.0), ray, far)
        if hit.result:
            depth[v, u] = hit.t
            face[v, u] = hit.face
            cosine[v, u] = wp.abs(wp.dot(hit.normal, wp.normalize(ray)))

    return SimpleNamespace(wp=wp, cast_rays=cast_rays)
