"""Says which weights of a checkpoint a model takes, before it takes them."""

import logging

from mmengine.hooks import Hook
from mmengine.model import is_model_wrapper
from mmengine.optim import OptimWrapper, OptimWrapperDict

from mmpose.registry import HOOKS

from ..weights_fit import check_weights_fit, count_weights, weights_that_do_not_fit


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
        # A checkpoint is data: MMEngine would run this text when it resumes.
        checkpoint.get('meta', {}).pop('config', None)
        model = runner.model
        if is_model_wrapper(model):
            model = model.module
        weights = checkpoint.get('state_dict', checkpoint)
        anew = weights_that_do_not_fit(model, weights)
        if not anew:
            return
        total = count_weights(model)
        # In a training the optimiser is built before weights are loaded.
        fine_tuning = isinstance(
            runner.optim_wrapper, (OptimWrapper, OptimWrapperDict)
        ) and not runner.cfg.get('resume')
        if not fine_tuning or len(anew) == total:
            check_weights_fit(model, weights)
        runner.logger.log(
            logging.WARNING,
            f'fine-tuning: {total - len(anew)} of {total} weights are the '
            f"checkpoint's, {len(anew)} start anew: {'; '.join(anew)}",
        )
