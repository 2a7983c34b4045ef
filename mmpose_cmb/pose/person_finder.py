"""People's boxes in whole depth frames, by an exported network."""

import os
from typing import Optional, Tuple, Union

import cv2
import numpy as np

from ..depth.frame import DepthFrame
from ..depth.letterbox import letterbox_frame, letterbox_matrix, move_boxes, pixels_per_metre
from ..shipped import shipped_detector
from .box_maps import decode_boxes
from .detector_spec import parse_detector_spec
from .exported_graph import exported_graph
from .frame_boxes import camera_or_usual
from .model_spec import ModelSpec

# In place of a path: no network, one person is looked for in the depth.
NO_DETECTOR = 'none'


class PersonFinder:
    """Finds everybody in a depth frame, best first, at most 10.

    Args:
        path (str): ONNX file of a ``PersonBoxEstimator``.
        threads (int, optional): See :func:`exported_graph`.
        least_score (float, optional): What is lower is nobody. Defaults to
            ``None``: what the file says.
        provider, precision: See :func:`exported_graph`.

    Attributes:
        spec (DetectorSpec): The file's metadata.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it cannot be used, naming it.

    Example::

        boxes, scores = PersonFinder('person_boxes.onnx')(frame)
    """

    def __init__(
        self,
        path: Union[str, 'os.PathLike[str]'],
        threads: Optional[int] = None,
        least_score: Optional[float] = None,
        provider: str = 'cpu',
        precision: Optional[str] = None,
    ) -> None:
        self._graph = exported_graph(os.fspath(path), threads, provider, precision)
        self.spec = self._graph.spec(parse_detector_spec)
        if least_score is not None:
            self.spec = self.spec._replace(least_score=least_score).check()
        width, height = self.spec.map_size
        shapes = dict(heat=(1, height, width), sides=(4, height, width))
        self._graph.check(self.spec.input_size, shapes)

    def __call__(
        self, frame: DepthFrame, least_score: Optional[float] = None
    ) -> Tuple[np.ndarray, np.ndarray]:
        """Find the people of a frame.

        Args:
            frame (DepthFrame): Metres, 0 = invalid; a camera that is not
                known is taken for a usual one.
            least_score (float, optional): Another than the finder's.

        Returns:
            tuple: Boxes ``[N, 4]``, x1, y1, x2, y2, pixels of the frame, and
            scores ``[N]``, float32.

        Raises:
            ValueError: See :meth:`maps`.
        """
        spec = self.spec
        height, width = frame.depth_m.shape
        matrix = letterbox_matrix((width, height), spec.input_size)
        camera = camera_or_usual(frame.intrinsics, width, height)
        depth_m, focal_px = letterbox_frame(frame.depth_m, matrix, spec.input_size, camera)
        values = pixels_per_metre(depth_m, focal_px, spec.nearest_m, spec.pixels_per_unit)
        heat, sides = self.maps(values[None, None])
        boxes, scores = decode_boxes(
            heat[0, 0],
            sides[0],
            spec.stride,
            spec.least_score if least_score is None else least_score,
            most_overlap=spec.most_overlap,
        )
        return move_boxes(boxes, cv2.invertAffineTransform(matrix)), scores

    def maps(self, inputs: np.ndarray) -> Tuple[np.ndarray, np.ndarray]:
        """The network alone: see :func:`decode_boxes` for what it gives.

        Args:
            inputs (np.ndarray): float32 ``[B, 1, H, W]``, see
                :func:`pixels_per_metre`.

        Returns:
            tuple: Heat ``[B, 1, h, w]`` and sides ``[B, 4, h, w]``.

        Raises:
            ValueError: See ``OnnxGraph.run``.
        """
        heat, sides = self._graph.run(inputs)
        return heat, sides


def open_finder(
    spec: ModelSpec,
    detector: Union[None, str, 'os.PathLike[str]', PersonFinder] = None,
    threads: Optional[int] = None,
    least_score: Optional[float] = None,
    provider: str = 'cpu',
    precision: Optional[str] = None,
) -> Optional[PersonFinder]:
    """The finder that a user asks for: the one rule for every tool.

    Args:
        spec (ModelSpec): Of the network that gets the boxes.
        detector (optional): Path of an ONNX file; ``'none'``: one person is
            looked for in the depth, without a network; a finder. Defaults to
            ``None``: the network that comes with the package, where one does,
            unless the model cuts the background off, as those of hands do.
        threads (int, optional): See :class:`PersonFinder`.
        least_score (float, optional): See :class:`PersonFinder`.
        provider, precision: See :class:`PersonFinder`.

    Returns:
        PersonFinder, optional: ``None`` where there is to be no network.
    """
    if isinstance(detector, PersonFinder):
        return detector
    if detector is None and spec.background_m is None:
        detector = shipped_detector()
    if detector is None or detector == NO_DETECTOR:
        return None
    return PersonFinder(detector, threads, least_score, provider, precision)
