"""The config of one run, from its variant's config and the settings."""

from copy import deepcopy
from pathlib import Path
from typing import List

from mmengine.config import Config, ConfigDict

from mmpose_cmb.benchmarking.input_size import at_input_size

from .data_set import SEQUENCE_LENGTH, data_root
from .plan import REGULARISATIONS, Run
from .settings import Settings
from .variants import Variant

# A run's random numbers start here for each seed; EpochSeedHook adds the
# round, so that no two seeds share a round's numbers.
SEED_STRIDE = 100000
WARM_UP = 50
# The same for every variant, whatever its config says.
AUGMENTATION = (
    dict(type='RandomFlip', direction='horizontal'),
    dict(
        type='RandomBoxTransform', shift_factor=0.08, scale_factor=(0.8, 1.25), rotate_factor=40.0
    ),
)


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
    _augment_alike(cfg, variant.config)
    iterations, rounds = settings.iterations, settings.evaluations

    cfg.work_dir = work_dir
    cfg.resume = True
    cfg.randomness = dict(seed=SEED_STRIDE * run.seed)
    _feed_in_rounds(cfg, variant, settings, run)
    for loader in (cfg.train_dataloader, cfg.val_dataloader, cfg.test_dataloader):
        loader.num_workers = settings.loader_workers
        loader.dataset.data_root = str(data_root(data, variant.motions))
    cfg.train_cfg = dict(by_epoch=True, max_epochs=rounds, val_interval=1)
    cfg.val_evaluator = [
        dict(type=metric, detail='groups') for metric in ('PDJAccuracy', 'HeadPCKAccuracy')
    ]
    cfg.test_evaluator = deepcopy(cfg.val_evaluator)

    optimizer = dict(type='Adam', lr=settings.learning_rate, betas=(0.9, 0.999))
    optimizer.update(REGULARISATIONS[run.regularisation])
    cfg.optim_wrapper = dict(
        type='BFloat16OptimWrapper' if settings.bf16 else 'OptimWrapper', optimizer=optimizer
    )
    cfg.param_scheduler = _schedule(settings)
    cfg.custom_hooks = [
        _with_switch(hook, settings.switch)
        for hook in cfg.custom_hooks
        if hook['type'] != 'ProgressHook'
    ]
    if settings.bf16:
        cfg.custom_hooks.append(dict(type='ChannelsLastHook'))
    # Two are kept, since MMEngine deletes an old one before it has written
    # the new one.
    cfg.default_hooks.checkpoint = dict(type='CheckpointHook', interval=1, max_keep_ckpts=2)
    cfg.default_hooks.logger.interval = max(1, min(50, iterations // rounds))
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
        round_length=settings.batch_size * (settings.iterations // settings.evaluations),
        num_frames=settings.train_frames,
        fraction=run.fraction,
        subset_seed=[settings.data_seed] + run_seed,
        sequence_length=SEQUENCE_LENGTH if variant.motions else 1,
        side_by_side=settings.batch_size if in_order else 0,
        shuffle=loader.sampler.shuffle,
    )


def _augment_alike(cfg: Config, path: str) -> None:
    """Put the study's augmentation in the place of a config's own."""
    ours = {transform['type']: transform for transform in AUGMENTATION}
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


def _schedule(settings: Settings) -> List[dict]:
    if settings.schedule == 'paper':
        return [dict(type='StepLR', by_epoch=False, step_size=1000, gamma=0.95)]
    warm_up = min(WARM_UP, max(1, settings.iterations // 10))
    return [
        dict(type='LinearLR', start_factor=0.1, end=warm_up, by_epoch=False),
        dict(type='CosineAnnealingLR', begin=warm_up, end=settings.iterations, by_epoch=False),
    ]


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
