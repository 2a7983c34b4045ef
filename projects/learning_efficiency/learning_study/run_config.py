"""The config of one run, from its variant's config and the settings."""
from copy import deepcopy
from pathlib import Path
from typing import List

from mmengine.config import Config, ConfigDict

from mmpose_cmb.benchmarking.input_size import at_input_size

from .data_set import motion_data
from .plan import Run, iterations_of
from .settings import Settings

# A run's random numbers start here for each seed; EpochSeedHook adds the
# round, so that no two seeds share a round's numbers.
SEED_STRIDE = 100000
WARM_UP = 50
# The same for every variant, whatever its config says.
AUGMENTATION = (dict(type='RandomFlip', direction='horizontal'),
                dict(
                    type='RandomBoxTransform',
                    shift_factor=0.08,
                    scale_factor=(0.8, 1.25),
                    rotate_factor=40.))
# Frames of a motion, for variants that learn from sequences.
SEQUENCE_LENGTH = 10


def learns_from_motions(cfg: Config) -> bool:
    """Whether a variant's config wants frames of motions, not single ones.

    Told by its folder of data, before the study's own is put in its place:
    ``data/k2hpd_sequences``.
    """
    return 'sequences' in cfg.train_dataloader.dataset.data_root


def run_config(path: str, settings: Settings, run: Run, data: Path,
               work_dir: str) -> Config:
    """What MMEngine's Runner needs for a run.

    The variant's config decides the network, its loss, its codec and what
    its hooks do. The input's size, the data, batch, augmentation, optimiser,
    schedule, budget and tests are the study's, the same for all variants.

    Args:
        path (str): Config of the variant.
        settings (Settings): The study's.
        run (Run): Which run.
        data (Path): Folder of the single frames.
        work_dir (str): Where checkpoints and logs go.

    Raises:
        ValueError: If the config loads weights, or its sizes do not fit the
            input's size.
    """
    cfg = at_input_px(Config.fromfile(path), settings.input_px)
    _refuse_weights(cfg, path)
    _augment_alike(cfg, path)
    iterations = iterations_of(settings, run.fraction)
    rounds = settings.evaluations

    cfg.work_dir = work_dir
    cfg.resume = True
    cfg.randomness = dict(seed=SEED_STRIDE * run.seed)
    _feed_in_rounds(cfg, settings, run, iterations // rounds)
    if learns_from_motions(cfg):
        data = motion_data(data)
    for loader in (cfg.train_dataloader, cfg.val_dataloader,
                   cfg.test_dataloader):
        loader.num_workers = settings.loader_workers
        loader.dataset.data_root = str(data)
    cfg.train_cfg = dict(by_epoch=True, max_epochs=rounds, val_interval=1)
    cfg.val_evaluator = [
        dict(type='PDJAccuracy', detail='groups'),
        dict(type='HeadPCKAccuracy', detail='groups')
    ]
    cfg.test_evaluator = deepcopy(cfg.val_evaluator)

    cfg.optim_wrapper = dict(
        type='BFloat16OptimWrapper' if settings.bf16 else 'OptimWrapper',
        optimizer=dict(
            type='Adam', lr=settings.learning_rate, betas=(0.9, 0.999)))
    cfg.param_scheduler = _schedule(settings, iterations)
    switch = round(settings.ratio_switch * iterations / settings.iterations)
    cfg.custom_hooks = [
        *(_with_switch(hook, switch) for hook in cfg.custom_hooks
          if hook['type'] != 'ProgressHook'),
        dict(type='RoundRecordHook')
    ]
    if settings.bf16:
        cfg.custom_hooks.append(dict(type='ChannelsLastHook'))
    # Two are kept, since MMEngine deletes an old one before it has written
    # the new one.
    cfg.default_hooks.checkpoint = dict(
        type='CheckpointHook', interval=1, max_keep_ckpts=2)
    cfg.default_hooks.logger.interval = max(1, min(50, iterations // rounds))
    return cfg


def _feed_in_rounds(cfg: Config, settings: Settings, run: Run,
                    iterations: int) -> None:
    """Let the loader give rounds; single frames or sequences as before."""
    loader = cfg.train_dataloader
    in_order = loader.get('batch_sampler') is not None
    loader.update(
        batch_size=settings.batch_size,
        persistent_workers=False,
        drop_last=not in_order)
    loader.sampler = dict(
        type='RoundSampler',
        round_length=settings.batch_size * iterations,
        num_frames=settings.train_frames,
        fraction=run.fraction,
        subset_seed=subset_seed(settings, run),
        sequence_length=SEQUENCE_LENGTH if learns_from_motions(cfg) else 1,
        shuffle=loader.sampler.shuffle)
    if in_order:
        loader.batch_sampler = dict(type='RoundSequenceBatchSampler')


def subset_seed(settings: Settings, run: Run) -> List[int]:
    """What decides the order in which frames join the subsets."""
    if settings.resample_subsets:
        return [settings.data_seed, run.seed]
    return [settings.data_seed]


def _augment_alike(cfg: Config, path: str) -> None:
    """Put the study's augmentation in the place of a config's own."""
    replaced = []

    def visit(transforms):
        for i, transform in enumerate(transforms):
            for ours in AUGMENTATION:
                if transform['type'] == ours['type']:
                    transforms[i] = ConfigDict(deepcopy(ours))
                    replaced.append(ours['type'])
            if 'transforms' in transform:
                visit(transform['transforms'])

    visit(cfg.train_dataloader.dataset.pipeline)
    wanted = [ours['type'] for ours in AUGMENTATION]
    if replaced != wanted:
        raise ValueError(f'{path}: the training pipeline must have '
                         f'{" and then ".join(wanted)}, once each, so that '
                         'every variant is augmented alike')


def at_input_px(cfg: Config, input_px: int) -> Config:
    """A config for square inputs of another size, with targets that fit.

    Args:
        cfg (Config): With a ``codec`` whose input is square.
        input_px (int): Pixels.

    Returns:
        Config: A copy.

    Raises:
        ValueError: If the input is not square or a size would be broken.
    """
    before = cfg.codec.input_size[0]
    cfg = at_input_size(cfg, input_px)
    if input_px != before:
        _fit_targets(cfg._cfg_dict, (input_px / before)**0.5)
    return cfg


def _fit_targets(node, simcc_factor: float) -> None:
    """Fit the width of all Gaussians below a node of a config, in place."""
    if isinstance(node, (list, tuple)):
        for item in node:
            _fit_targets(item, simcc_factor)
        return
    if not isinstance(node, dict):
        return
    for value in node.values():
        _fit_targets(value, simcc_factor)
    if 'heatmap_size' in node and 'sigma' in node:
        _fit_sigma(node)
    elif 'simcc_split_ratio' in node and 'sigma' in node:
        # As RTMPose's own configs do from 256x192 to 384x288.
        node['sigma'] = tuple(s * simcc_factor for s in node['sigma'])


def _fit_sigma(codec: dict) -> None:
    """Sigma of 2 cells in 96, as in Table 1's codec, but at least 1."""
    sigma = max(1, round(codec['heatmap_size'][0] * 2 / 96))
    codec['sigma'] = sigma
    if codec['type'] in ('UDPHeatmap', 'MSRAHeatmap'):
        # OpenCV's rule for the kernel that fits a sigma.
        codec['blur_kernel_size'] = 2 * round((sigma - 0.8) / 0.3 + 1) + 1


def _schedule(settings: Settings, iterations: int) -> List[dict]:
    if settings.schedule == 'paper':
        return [
            dict(type='StepLR', by_epoch=False, step_size=1000, gamma=0.95)
        ]
    warm_up = min(WARM_UP, max(1, iterations // 10))
    return [
        dict(type='LinearLR', start_factor=0.1, end=warm_up, by_epoch=False),
        dict(
            type='CosineAnnealingLR',
            begin=warm_up,
            end=iterations,
            by_epoch=False)
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
        raise ValueError(f'{path} loads trained weights; every network of '
                         'the study is trained from scratch')
