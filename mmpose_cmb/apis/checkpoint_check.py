"""Whether a checkpoint is one of the model."""

from torch import nn


def check_weights_fit(model: nn.Module, checkpoint: dict) -> None:
    """Refuse weights that would leave parts of the model at random.

    MMEngine only warns of them.

    Args:
        model (nn.Module): As the config says.
        checkpoint (dict): As loaded.

    Raises:
        ValueError: Naming the first weights that are missing or of another
            shape.
    """
    stored = checkpoint.get('state_dict', checkpoint)
    stored = {
        name[len('module.') :] if name.startswith('module.') else name: value
        for name, value in stored.items()
    }
    wrong = []
    for name, value in model.state_dict().items():
        if name not in stored:
            wrong.append(f'{name} is missing')
        elif stored[name].shape != value.shape:
            wrong.append(
                f'{name} is {list(stored[name].shape)}, the config wants {list(value.shape)}'
            )
    if wrong:
        raise ValueError(
            f'the checkpoint is not one of this config: {len(wrong)} of '
            f'{len(model.state_dict())} weights do not fit '
            f'({"; ".join(wrong[:3])})'
        )
