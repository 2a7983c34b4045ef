"""Networks of PyTorch behind the predictor: crops to joints of the crop."""

from typing import List, Sequence

import numpy as np
import torch
from mmengine.structures import InstanceData
from torch import nn

from mmpose.structures import PoseDataSample

from ..models.folding import fold_for_inference
from ..models.joint_network import JointNetwork, gives_tensors


def torch_network(
    model: nn.Module, flip_indices: Sequence[int], flip_test: bool = False, fold: bool = True
):
    """The network of a top-down estimator, by the fastest way that it has.

    Args:
        model (nn.Module): A ``TopdownPoseEstimator`` in evaluation mode.
        flip_indices (Sequence[int]): Which joint each one becomes in a
            mirror.
        flip_test (bool): Average with the mirrored crop, as
            ``model.test_cfg`` says, too. Defaults to False.
        fold (bool): Run a faster copy that computes the same. Defaults to
            True.
    """
    if not gives_tensors(model):
        return EstimatorNetwork(model, flip_indices)
    return TensorNetwork(fold_for_inference(model) if fold else model, flip_indices, flip_test)


class TensorNetwork:
    """A model whose head decodes tensors on the device.

    Args: See :func:`torch_network`.
    """

    def __init__(
        self, model: nn.Module, flip_indices: Sequence[int], flip_test: bool = False
    ) -> None:
        self._network = JointNetwork(model, flip_test, flip_indices).eval()
        self._device = next(model.parameters()).device

    @torch.no_grad()
    def __call__(self, crops: np.ndarray) -> List[np.ndarray]:
        """See ``Network`` of the predictor; the heat maps stay there."""
        _, *joints = self._network(torch.from_numpy(crops).to(self._device))
        return [values.cpu().numpy() for values in joints]


class EstimatorNetwork:
    """Any top-down estimator of MMPose, through ``test_step``.

    Args:
        model (nn.Module): In evaluation mode; its ``test_cfg`` says whether
            there is a flip test.
        flip_indices (Sequence[int]): Which joint each one becomes in a
            mirror.
    """

    def __init__(self, model: nn.Module, flip_indices: Sequence[int]) -> None:
        self._model = model
        self._flip_indices = list(flip_indices)

    @torch.no_grad()
    def __call__(self, crops: np.ndarray) -> List[np.ndarray]:
        """See ``Network`` of the predictor."""
        height, width = crops.shape[2:]
        samples = self._model.test_step(
            dict(
                inputs=list(torch.from_numpy(crops)),
                data_samples=[self._whole_crop(width, height) for _ in crops],
            )
        )
        found = [sample.pred_instances for sample in samples]
        return [
            np.concatenate([f.keypoints for f in found]),
            np.concatenate([f.keypoint_scores for f in found]),
        ]

    def _whole_crop(self, width: int, height: int) -> PoseDataSample:
        """The sample whose frame is the crop itself."""
        size = np.array([width, height], np.float32)
        sample = PoseDataSample(
            metainfo=dict(
                input_size=(width, height),
                input_center=size / 2,
                input_scale=size,
                img_shape=(height, width),
                ori_shape=(height, width),
                flip_indices=self._flip_indices,
            )
        )
        sample.gt_instances = InstanceData(
            bboxes=np.array([[0, 0, width, height]], np.float32),
            bbox_scores=np.ones(1, np.float32),
        )
        return sample
