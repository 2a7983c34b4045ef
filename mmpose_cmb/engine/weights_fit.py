"""Whether the weights of a checkpoint are those of a model."""

from typing import List

from torch import nn


def check_weights_fit(model: nn.Module, weights: dict) -> None:
    """Refuse weights that would leave parts of the model at random.

    MMEngine only warns of them.

    Args:
        model (nn.Module): As the config says.
        weights (dict): Tensors by name, or a checkpoint with them.

    Raises:
        ValueError: Naming the first weights that are missing or of another
            shape.
    """
    wrong = weights_that_do_not_fit(model, weights.get('state_dict', weights))
    if wrong:
        raise ValueError(
            f'the checkpoint is not one of this config: {len(wrong)} of '
            f'{count_weights(model)} weights do not fit ({"; ".join(wrong[:3])})'
        )


def count_weights(model: nn.Module) -> int:
    """Weights that change what the network gives, by names."""
    return sum(map(_counts, model.state_dict()))


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
