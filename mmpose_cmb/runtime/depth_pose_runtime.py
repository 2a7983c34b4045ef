"""From depth frames to joints with an exported ONNX file alone."""

from argparse import Namespace
from typing import Optional, Union

from ..pose.onnx_network import OnnxNetwork
from ..pose.person_finder import PersonFinder, open_finder
from ..pose.predictor import PosePredictor
from ..shipped import network_file


class DepthPoseRuntime(PosePredictor):
    """Estimates poses in depth frames, without PyTorch and MMPose.

    The ONNX file holds all of the model's settings; everything else is
    :class:`~mmpose_cmb.pose.PosePredictor`'s.

    Args:
        path (str, optional): ONNX file that mmpose_cmb has exported, or the
            name of a network that comes with the package, as 'body_top' for
            people seen from above, 'body_front_kinect' for Kinect v2's joints
            instead of ITOP's, 'hand' for a hand held out. Defaults to
            ``None``: 'body_front'.
        threads (int, optional): Threads of the network. Defaults to
            ``None``: one for each core but one, so that a camera and the
            drawing have theirs.
        provider (str): Who runs the networks: ONNX Runtime's 'cpu', 'cuda' or
            'tensorrt', or 'openvino'. Defaults to 'cpu'.
        precision (str, optional): OpenVINO's: 'float32' or 'bfloat16'.
            Defaults to ``None``: the fastest that the processor has.
        detector (str or PersonFinder, optional): Who finds people where no
            boxes are given: path of an ONNX file; ``'none'``: one person is
            looked for in the depth. Defaults to ``None``: the network that
            comes with the package.
        bbox_thr (float, optional): Least score of a person who is found, by
            box and joints (``second_look``) or by the box alone. Defaults to
            ``None``: as the detector's file says.

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
        provider: str = 'cpu',
        precision: Optional[str] = None,
        detector: Union[None, str, PersonFinder] = None,
        bbox_thr: Optional[float] = None,
    ) -> None:
        network = OnnxNetwork(network_file(path), threads, provider, precision)
        finder = open_finder(network.spec, detector, threads, bbox_thr, provider, precision)
        super().__init__(network, network.spec, finder)

    @classmethod
    def of_options(cls, args: Namespace) -> 'DepthPoseRuntime':
        """The runtime that a command line asks for.

        Args:
            args (Namespace): ``model`` and what ``add_threads``,
                ``add_provider`` and ``add_detector`` add.

        Raises:
            FileNotFoundError, ValueError: As the class.
        """
        return cls(
            args.model,
            args.threads,
            args.provider,
            args.precision,
            detector=args.detector,
            bbox_thr=args.bbox_thr,
        )
