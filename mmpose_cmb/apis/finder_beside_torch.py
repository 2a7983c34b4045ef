"""The network that finds people, for MMPose's inferencer: ONNX Runtime may be missing."""

import logging
from importlib.util import find_spec
from typing import Optional

from mmengine.logging import print_log

from ..pose.frame_boxes import Finder
from ..pose.model_spec import ModelSpec

NO_RUNTIME = (
    'onnxruntime is not installed, which the network that finds people needs: '
    'pip install onnxruntime'
)


def onnx_finder(
    spec: ModelSpec, detector: Optional[str] = None, least_score: Optional[float] = None
) -> Optional[Finder]:
    """See :func:`mmpose_cmb.pose.person_finder.open_finder`.

    Without ONNX Runtime one person is looked for in the depth, and a warning
    says so; where a detector is asked for by its path it is an error.

    Args:
        spec (ModelSpec): Of the network that gets the boxes.
        detector (str, optional): Path, 'none', or None: the one that comes
            with the package.
        least_score (float, optional): What is lower is nobody.

    Raises:
        ImportError: If ONNX Runtime is missing for a given detector.
    """
    if find_spec('onnxruntime') is None:
        if detector not in (None, 'none'):
            raise ImportError(NO_RUNTIME)
        if detector is None:
            print_log(
                f'{NO_RUNTIME}; one person is looked for in the depth',
                logger='current',
                level=logging.WARNING,
            )
        return None
    from ..pose.person_finder import open_finder

    return open_finder(spec, detector, least_score=least_score)
