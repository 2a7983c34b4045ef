"""The network of an ONNX file, checked against what the file says of itself."""

from typing import Optional, Sequence

import numpy as np

from .exported_graph import exported_graph
from .model_spec import parse_spec


class OnnxNetwork:
    """An exported network: from normalised crops to joints of the crop.

    Args:
        path (str): The ONNX file.
        threads, provider, precision: See :func:`exported_graph`.

    Attributes:
        spec (ModelSpec): The file's metadata.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it is no ONNX file, its metadata cannot be used, the
            graph does not fit them, or the provider is not there. Messages
            name the file, or what to install.
    """

    def __init__(
        self,
        path: str,
        threads: Optional[int] = None,
        provider: str = 'cpu',
        precision: Optional[str] = None,
    ) -> None:
        self._graph = exported_graph(path, threads, provider, precision)
        self.path = self._graph.path
        self.spec = self._graph.spec(parse_spec)
        self._graph.check(self.spec.input_size, self.spec.output_shapes)

    def __call__(self, crops: np.ndarray) -> Sequence[np.ndarray]:
        """Joints of the crops.

        Args:
            crops (np.ndarray): float32 ``[B, 1, H, W]``.

        Raises:
            ValueError: If the network cannot be run or gives what are no
                joints, naming the file.

        Returns:
            Sequence[np.ndarray]: Pixels of the crop ``[B, K, 2]``, scores
            ``[B, K]`` and, from a network with joints in space, pixels and
            relative depth ``[B, K, 3]``.
        """
        return self._graph.run(crops)
