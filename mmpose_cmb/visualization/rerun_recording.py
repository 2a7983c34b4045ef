"""Depth clouds and skeletons as a recording for the Rerun viewer."""

import os.path as osp
from contextlib import ExitStack
from typing import List, Sequence, Set, Tuple

import numpy as np

from ..depth.frame import DepthFrame, PersonPose
from ..io import whole_file

Color = Tuple[int, int, int]
# In space, and the camera's image below it.
WORLD, CAMERA = 'world', 'world/camera'
JOINT_RADIUS_M, LINK_RADIUS_M = 0.02, 0.012
JOINT_RADIUS_PX, LINK_RADIUS_PX = 3.0, 1.5
# Of the pixels' distance: joints lie inside the body and are seen between
# the points.
POINT_FILL = 0.45


def import_rerun():
    """Import rerun, or say how to get it.

    Raises:
        ImportError: If it is not installed.
    """
    try:
        import rerun
    except ImportError as error:
        # Its pyarrow may be there and refuse the NumPy that is installed.
        raise ImportError(
            f'a Rerun recording needs rerun-sdk ({error}): pip '
            'install rerun-sdk, and with NumPy 1 "pyarrow<19"'
        ) from error
    return rerun


class RerunRecording:
    """Writes frames and persons to a ``.rrd`` file.

    The viewer (``rerun FILE.rrd``) shows the depth cloud with the skeletons
    in space beside the depth image with the skeletons on it. Joints in space
    and the cloud are there where the intrinsics are known.

    Args:
        path (str): The file. It appears, whole, when the recording is closed.
        keypoint_names (Sequence[str]): Names of the K joints.
        links (Sequence[tuple]): Pairs of joint ids.
        keypoint_colors (Sequence[tuple]): RGB of each joint, 0..255.
        link_colors (Sequence[tuple]): RGB of each link.
        min_score (float): Joints with a lower score are left out. Defaults to
            0.3.

    Raises:
        ImportError: If ``rerun-sdk`` is not installed.
        ValueError: If the file's name does not end with ``.rrd``.
    """

    def __init__(
        self,
        path: str,
        keypoint_names: Sequence[str],
        links: Sequence[Tuple[int, int]],
        keypoint_colors: Sequence[Color],
        link_colors: Sequence[Color],
        min_score: float = 0.3,
    ) -> None:
        self._rerun = import_rerun()
        if osp.splitext(path)[1] != '.rrd':
            raise ValueError(f'{path}: the name of a Rerun recording ends with .rrd')
        self.path = path
        self.keypoint_names = list(keypoint_names)
        self.links = list(links)
        self.keypoint_colors = np.asarray(keypoint_colors, np.uint8)
        self.link_colors = np.asarray(link_colors, np.uint8)
        self.min_score = min_score
        self._frames = 0
        # What the last frame had: without a word it stays in the picture.
        self._shown: Set[str] = set()
        self._file = ExitStack()
        aside = self._file.enter_context(whole_file(path))
        self._stream = self._rerun.RecordingStream('mmpose_cmb')
        self._stream.save(aside, default_blueprint=self._blueprint())
        self._log(WORLD, self._rerun.ViewCoordinates.RDF, static=True)

    def add(self, frame: DepthFrame, persons: Sequence[PersonPose]) -> None:
        """Record a frame and its persons.

        Args:
            frame (DepthFrame): With intrinsics for the cloud.
            persons (Sequence[PersonPose]): In pixels of the frame.
        """
        rerun = self._rerun
        self._stream.set_time('frame', sequence=self._frames)
        if frame.time_s is not None:
            self._stream.set_time('time', duration=frame.time_s)
        self._frames += 1
        before, self._shown = self._shown, set()
        height, width = frame.depth_m.shape
        if frame.intrinsics is not None:
            self._shown.add(CAMERA)
            fx, fy, cx, cy = frame.intrinsics[:4]
            self._log(
                CAMERA,
                rerun.Pinhole(
                    focal_length=(fx, fy),
                    principal_point=(cx, cy),
                    resolution=(width, height),
                    camera_xyz=rerun.ViewCoordinates.RDF,
                    image_plane_distance=0.3,
                ),
            )
        self._log(
            f'{CAMERA}/depth',
            rerun.DepthImage(
                np.ascontiguousarray(frame.depth_m, np.float32),
                meter=1.0,
                # Without hues of its own: the skeletons stand out.
                colormap='grayscale',
                point_fill_ratio=POINT_FILL,
            ),
        )
        for number, person in enumerate(persons):
            self._add_person(number, person)
        for path in before - self._shown:
            self._log(path, rerun.Clear(recursive=path != CAMERA))

    def close(self) -> None:
        """Finish the file."""
        if self._stream is None:
            return
        self._stream.flush()
        self._stream.disconnect()
        self._stream = None
        self._file.close()

    def _add_person(self, number: int, person: PersonPose) -> None:
        rerun = self._rerun
        shown = np.asarray(person.keypoint_scores) >= self.min_score
        x1, y1, x2, y2 = person.bbox
        path = f'{CAMERA}/person_{number}'
        self._log(
            f'{path}/box',
            rerun.Boxes2D(mins=[(x1, y1)], sizes=[(x2 - x1, y2 - y1)], colors=[(255, 190, 60)]),
        )
        # Rerun's pixels begin at their corner, ours are their centres.
        keypoints = np.asarray(person.keypoints) + 0.5
        self._add_skeleton(
            path,
            keypoints,
            shown,
            rerun.Points2D,
            rerun.LineStrips2D,
            JOINT_RADIUS_PX,
            LINK_RADIUS_PX,
        )
        if person.keypoints_cam is not None:
            self._add_skeleton(
                f'{WORLD}/person_{number}',
                np.asarray(person.keypoints_cam),
                shown,
                rerun.Points3D,
                rerun.LineStrips3D,
                JOINT_RADIUS_M,
                LINK_RADIUS_M,
            )

    def _add_skeleton(
        self,
        path: str,
        joints: np.ndarray,
        shown: np.ndarray,
        points,
        strips,
        joint_radius: float,
        link_radius: float,
    ) -> None:
        """Joints [K, 2] or [K, 3] and the links between those shown."""
        self._shown.add(path)
        unit = 1 if joints.shape[1] == 3 else -1  # negative: screen pixels
        links = [i for i, (a, b) in enumerate(self.links) if shown[a] and shown[b]]
        self._log(
            f'{path}/joints',
            points(
                joints[shown],
                colors=self.keypoint_colors[shown],
                radii=unit * joint_radius,
                labels=self._labels(shown),
                show_labels=False,
            ),
        )
        self._log(
            f'{path}/links',
            strips(
                [joints[list(self.links[i])] for i in links],
                colors=self.link_colors[links],
                radii=unit * link_radius,
            ),
        )

    def _labels(self, shown: np.ndarray) -> List[str]:
        return [n for n, seen in zip(self.keypoint_names, shown) if seen]

    def _log(self, path: str, what, static: bool = False) -> None:
        self._stream.log(path, what, static=static)

    def _blueprint(self):
        """Space at the left, the camera's image at the right."""
        blueprint = __import__('rerun.blueprint', fromlist=['blueprint'])
        return blueprint.Blueprint(
            blueprint.Horizontal(
                blueprint.Spatial3DView(origin=WORLD, name='depth cloud and skeletons'),
                blueprint.Spatial2DView(origin=CAMERA, name='depth and skeletons'),
                column_shares=[3, 2],
            ),
            blueprint.TimePanel(state='collapsed'),
            collapse_panels=True,
        )
