"""From depth frames to joints with an exported ONNX file alone."""

from typing import Optional, Sequence

from ..pose.onnx_network import OnnxNetwork
from ..pose.predictor import PosePredictor
from ..shipped import shipped_network


class DepthPoseRuntime(PosePredictor):
    """Estimates poses in depth frames, without PyTorch and MMPose.

    The ONNX file holds all of the model's settings; everything else is
    :class:`~mmpose_cmb.pose.PosePredictor`'s.

    Args:
        path (str, optional): ONNX file that mmpose_cmb has exported. Defaults
            to ``None``: the network for people seen from the front that comes
            with the package.
        threads (int, optional): Threads of ONNX Runtime. Defaults to
            ``None``: one for each core but one, so that a camera and the
            drawing have theirs.
        providers (Sequence[str], optional): ONNX Runtime's execution
            providers, such as ``['CUDAExecutionProvider']``. Defaults to
            ``None``: the CPU.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If the file cannot be used, with what to do.

    Example::

        runtime = DepthPoseRuntime()
        for reference in runtime.list_frames('recording/'):
            for person in runtime.predict(reference.read()):
                print(person.joint('head').camera_m)
    """

    def __init__(
        self,
        path: Optional[str] = None,
        threads: Optional[int] = None,
        providers: Optional[Sequence[str]] = None,
    ) -> None:
        network = OnnxNetwork(path or shipped_network(), threads, providers)
        super().__init__(network, network.spec)
