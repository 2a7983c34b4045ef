"""Says which weights of a checkpoint a model takes, before it takes them."""

import logging
from typing import List

from mmengine.hooks import Hook
from mmengine.model import is_model_wrapper
from mmengine.optim import OptimWrapper, OptimWrapperDict
from torch import nn

from mmpose.registry import HOOKS


@HOOKS.register_module()
class CheckpointFitHook(Hook):
    """Log what a fine-tuning starts anew; refuse what makes no sense.

    MMEngine leaves weights that do not fit as they were initialised and lists
    them in a warning, whatever is done next. Here

    * a training that starts from a checkpoint (``load_from``) logs which
      weights it takes and which start anew, such as the last layer of a head
      for other joints; it is refused where no weight at all fits;
    * a test and a resumed training are refused unless every weight fits.

    Raises:
        ValueError: See above.
    """

    def after_load_checkpoint(self, runner, checkpoint: dict) -> None:
        model = runner.model
        if is_model_wrapper(model):
            model = model.module
        weights = checkpoint.get('state_dict', checkpoint)
        anew = weights_that_do_not_fit(model, weights)
        if not anew:
            return
        total = sum(map(_counts, model.state_dict()))
        # In a training the optimiser is built before weights are loaded.
        fine_tuning = isinstance(
            runner.optim_wrapper, (OptimWrapper, OptimWrapperDict)
        ) and not runner.cfg.get('resume')
        if not fine_tuning or len(anew) == total:
            raise ValueError(
                f'the checkpoint is not one of this config: {len(anew)} of '
                f'{total} weights do not fit ({"; ".join(anew[:3])})'
            )
        runner.logger.log(
            logging.WARNING,
            f'fine-tuning: {total - len(anew)} of {total} weights are the '
            f"checkpoint's, {len(anew)} start anew: {'; '.join(anew)}",
        )


def weights_that_do_not_fit(model: nn.Module, weights: dict) -> List[str]:
    """What loading weights would leave as it was initialised.

    Args:
        model (nn.Module): As the config says.
        weights (dict): Tensors by name; a leading ``module.`` is ignored. The
            memory of a block is left out: the block itself refuses or
            resamples one of another size; so is the count of batches.

    Returns:
        list[str]: A text for each: its name, and what is wrong.
    """
    stored = {
        name[len('module.') :] if name.startswith('module.') else name: value
        for name, value in weights.items()
    }
    wrong = []
    for name, value in model.state_dict().items():
        if not _counts(name):
            continue
        if name not in stored:
            wrong.append(f'{name} is missing')
        elif stored[name].shape != value.shape and not name.endswith('.memory'):
            wrong.append(
                f'{name} is {list(stored[name].shape)}, the config wants {list(value.shape)}'
            )
    return wrong


def _counts(name: str) -> bool:
    """Whether a weight changes what a network gives."""
    return not name.endswith('.num_batches_tracked')
