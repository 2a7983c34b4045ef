"""The config of one run, from its variant's config and the settings."""

from copy import deepcopy
from pathlib import Path
from typing import List

from mmengine.config import Config, ConfigDict

from mmpose_cmb.benchmarking.input_size import at_input_size

from .data_set import SEQUENCE_LENGTH, data_root
from .plan import REGULARISATIONS, Regularisation, Run
from .settings import Settings
from .variants import Variant

# A run's random numbers start here for each seed; EpochSeedHook adds the
# round, so that no two seeds share a round's numbers.
SEED_STRIDE = 100000
WARM_UP = 50
# Weights and buffers are averaged over the last fifth of the iterations, 200 at
# most, in the place of a rate that falls: a run does not know when it will end.
AVERAGE = dict(
    type='EMAHook', ema_type='MomentumAnnealingEMA', momentum=0.005, gamma=5, update_buffers=True
)
WIDTHS = ('stem_channels', 'stage_channels', 'memory_channels', 'decoder_channels')


def run_config(
    variant: Variant, settings: Settings, run: Run, data: Path, work_dir: str
) -> Config:
    """What MMEngine's Runner needs for a run.

    The variant's config decides the network, its loss, its codec and what
    its hooks do. The input's size, the data, batch, augmentation, optimiser,
    schedule, budget and tests are the study's, the same for all variants.

    ``data`` is the folder of the single frames.

    Raises:
        ValueError: If the config loads weights, feeds motions that the
            variant is not said to learn from, or its sizes do not fit the
            input's size.
    """
    cfg = at_input_px(Config.fromfile(variant.config), settings.input_px)
    _refuse_weights(cfg, variant.config)
    regularisation = REGULARISATIONS[run.regularisation]
    _augment_alike(cfg, augmentation(regularisation), variant.config)
    if cfg.model.backbone.type == 'CMBNet':
        cfg.model.head.in_channels = _times(cfg.model.head.in_channels, settings.width)
        _widen(cfg.model, settings.width)
    # Twice the time of a validation, and the same gain for all.
    cfg.model.test_cfg.flip_test = False
    interval = settings.validation_interval

    cfg.work_dir = work_dir
    cfg.resume = True
    cfg.randomness = dict(seed=SEED_STRIDE * run.seed)
    _feed_in_rounds(cfg, variant, settings, run)
    for loader in (cfg.train_dataloader, cfg.val_dataloader, cfg.test_dataloader):
        loader.num_workers = settings.loader_workers
        loader.dataset.data_root = str(data_root(data, variant.motions))
        if not settings.loader_workers:
            loader.dataset.pipeline[0]['type'] = 'KeepDepthImage'
    cfg.val_dataloader.dataset.data_root = str(data_root(data, variant.motions, validation=True))
    cfg.train_cfg = dict(by_epoch=True, max_epochs=settings.iterations // interval, val_interval=1)
    cfg.val_evaluator = [dict(type='HeadPCKAccuracy', detail='summary')]
    cfg.test_evaluator = [
        dict(type=metric, detail='groups') for metric in ('PDJAccuracy', 'HeadPCKAccuracy')
    ]

    # Without weight decay this is Adam.
    optimizer = dict(
        type='AdamW',
        lr=settings.learning_rate,
        betas=(0.9, 0.999),
        weight_decay=regularisation.weight_decay,
        fused=True,
    )
    cfg.optim_wrapper = dict(
        type='BFloat16OptimWrapper' if settings.bf16 else 'OptimWrapper', optimizer=optimizer
    )
    cfg.param_scheduler = [
        dict(type='LinearLR', start_factor=0.1, end=min(WARM_UP, interval), by_epoch=False)
    ]
    cfg.custom_hooks = [
        _with_switch(hook, settings.ratio_switch)
        for hook in cfg.custom_hooks
        if hook['type'] != 'ProgressHook'
    ] + [AVERAGE]
    if settings.bf16:
        cfg.custom_hooks.append(dict(type='ChannelsLastHook'))
    # Two are kept, since MMEngine deletes an old one before it has written
    # the new one.
    cfg.default_hooks.checkpoint = dict(type='CheckpointHook', interval=1, max_keep_ckpts=2)
    cfg.default_hooks.logger.interval = min(50, interval)
    return cfg


def _feed_in_rounds(cfg: Config, variant: Variant, settings: Settings, run: Run) -> None:
    """Let the loader give rounds; single frames or motions as before."""
    loader = cfg.train_dataloader
    in_order = loader.pop('batch_sampler', None) is not None
    if in_order and not variant.motions:
        raise ValueError(
            f'{variant.config} feeds motions in their order: say so with --motions {run.variant}'
        )
    loader.update(batch_size=settings.batch_size, persistent_workers=False, drop_last=True)
    # What decides the order in which frames join the subsets.
    run_seed = [run.seed] if settings.resample_subsets else []
    loader.sampler = dict(
        type='RoundSampler',
        round_length=settings.batch_size * settings.validation_interval,
        num_frames=settings.train_frames,
        fraction=run.fraction,
        subset_seed=[settings.data_seed] + run_seed,
        sequence_length=SEQUENCE_LENGTH if variant.motions else 1,
        side_by_side=settings.batch_size if in_order else 0,
        shuffle=loader.sampler.shuffle,
    )


def augmentation(regularisation: Regularisation) -> List[dict]:
    """The same for every variant, whatever its config says."""
    box = regularisation._asdict()
    del box['weight_decay']
    return [
        dict(type='RandomFlip', direction='horizontal'),
        dict(type='RandomBoxTransform', **box),
    ]


def _widen(node, factor: float) -> None:
    """Multiply the widths below a node of a model's config, in place."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in WIDTHS:
                node[key] = _times(value, factor)
            else:
                _widen(value, factor)
    elif isinstance(node, (list, tuple)):
        for item in node:
            _widen(item, factor)


def _times(channels, factor: float):
    if isinstance(channels, (list, tuple)):
        return tuple(_times(number, factor) for number in channels)
    return max(1, round(channels * factor))


def _augment_alike(cfg: Config, transforms: List[dict], path: str) -> None:
    """Put the study's augmentation in the place of a config's own."""
    ours = {transform['type']: transform for transform in transforms}
    replaced = []

    def visit(transforms):
        for i, transform in enumerate(transforms):
            if transform['type'] in ours:
                replaced.append(transform['type'])
                transforms[i] = ConfigDict(deepcopy(ours[replaced[-1]]))
            visit(transform.get('transforms', []))

    visit(cfg.train_dataloader.dataset.pipeline)
    if replaced != list(ours):
        raise ValueError(
            f'{path}: the training pipeline must have '
            f'{" and then ".join(ours)}, once each, so that '
            'every variant is augmented alike'
        )


def at_input_px(cfg: Config, input_px: int) -> Config:
    """A copy for square inputs of another size, with targets that fit.

    Raises:
        ValueError: If the config's input is not square or a size would be
            broken.
    """
    before = cfg.codec.input_size[0]
    cfg = at_input_size(cfg, input_px)
    if input_px != before:
        _fit_targets(cfg._cfg_dict, (input_px / before) ** 0.5)
    return cfg


def _fit_targets(node, simcc_factor: float) -> None:
    """Fit the width of all Gaussians below a node of a config, in place."""
    if isinstance(node, dict):
        if 'heatmap_size' in node and 'sigma' in node:
            # 2 cells in 96, as in Table 1's codec, but at least 1.
            sigma = max(1, round(node['heatmap_size'][0] * 2 / 96))
            node['sigma'] = sigma
            if node['type'] in ('UDPHeatmap', 'MSRAHeatmap'):
                # OpenCV's rule for the kernel that fits a sigma.
                node['blur_kernel_size'] = 2 * round((sigma - 0.8) / 0.3 + 1) + 1
        elif 'simcc_split_ratio' in node and 'sigma' in node:
            # As RTMPose's own configs do from 256x192 to 384x288.
            node['sigma'] = tuple(s * simcc_factor for s in node['sigma'])
        node = list(node.values())
    if isinstance(node, (list, tuple)):
        for item in node:
            _fit_targets(item, simcc_factor)


def _with_switch(hook: ConfigDict, iteration: int) -> ConfigDict:
    """A hook; one that switches r once does so at another iteration.

    A variant that never switches r, or several times, stays as it is.
    """
    if hook['type'] != 'MemoryRatioHook' or len(hook['milestones']) != 2:
        return hook
    first, last = hook['milestones']
    return ConfigDict(hook, milestones=(first, (iteration, last[1])))


def _refuse_weights(cfg: Config, path: str) -> None:
    if cfg.get('load_from') or "'Pretrained'" in repr(cfg.model.to_dict()):
        raise ValueError(
            f'{path} loads trained weights; every network of the study is trained from scratch'
        )
