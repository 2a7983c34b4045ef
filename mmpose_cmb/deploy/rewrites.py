"""What MMDeploy puts in the model's place while it exports it."""
from mmdeploy.core import MODULE_REWRITER
from mmdeploy.utils import get_backend, get_codebase_config
from torch import Tensor, nn

from ..models.folding import fold_for_inference
from .exported_network import ExportedNetwork


@MODULE_REWRITER.register_rewrite_module(
    'mmpose.models.pose_estimators.topdown.TopdownPoseEstimator')
class ExportedEstimator(nn.Module):
    """A top-down estimator that gives decoded joints, without data samples.

    Estimators with heads of other packages are exported as MMDeploy does it.

    Args:
        module (nn.Module): The ``TopdownPoseEstimator``. Its ``test_cfg`` and
            ``metainfo`` say whether and how a flip test is done.
        deploy_cfg (Config): ``codebase_config.fold`` says whether the layers
            are folded first. Defaults to True.
    """

    def __init__(self, module: nn.Module, deploy_cfg) -> None:
        super().__init__()
        self.training = module.training
        if not hasattr(module.head, 'decode_tensors'):
            self.network = module
            return
        flip_test = module.test_cfg.get('flip_test', False)
        flip_indices = module.metainfo['flip_indices'] if flip_test else None
        if get_codebase_config(deploy_cfg).get('fold', True):
            backend = get_backend(deploy_cfg).value
            module = fold_for_inference(
                module,
                'onnxruntime' if backend == 'onnxruntime' else 'pytorch')
        self.network = ExportedNetwork(module, flip_test, flip_indices)

    def forward(self, inputs: Tensor, *args, **kwargs):
        """The outputs of the exported graph; data samples are not used."""
        return self.network(inputs)
