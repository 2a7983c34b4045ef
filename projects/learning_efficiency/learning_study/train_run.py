"""Trains and tests one run."""

import hashlib
import time
from copy import deepcopy
from dataclasses import asdict
from pathlib import Path
from typing import Dict, Optional

from mmengine.config import Config
from mmengine.device import get_device
from mmengine.runner import Runner

from mmpose_cmb.analysis import measure_complexity
from mmpose_cmb.io import whole_file

from . import keep_depth_image, round_sampler  # noqa: F401 (register)
from .machine import describe_machine
from .plan import Run
from .real_frames import real_frame_accuracy
from .round_record_hook import RoundRecordHook, is_over
from .run_config import run_config
from .spreads import ACCURACY
from .study_folder import CONFIG, FINISHED, WEIGHTS, StudyFolder


def train_run(folder: StudyFolder, run: Run, real_frames: Optional[str] = None) -> None:
    """Train a run until it learns no more, test it, write its row of ``runs.csv``.

    Goes on from the run's last checkpoint where there is one. Also tests on
    ``real_frames``, see ``projects/real_frames``.
    """
    study, place = folder.study(), folder.run_dir(run)
    variant, settings = study.variants[run.variant], study.settings_of(run.variant)
    cfg = run_config(variant, settings, run, Path(study.data), str(place / 'training'))
    runner = Runner.from_cfg(cfg)
    runner.register_hook(RoundRecordHook(folder, run, settings))
    runner.train()

    save_config(cfg, place / CONFIG)
    figures = tested(place)
    if real_frames:
        real = real_frame_accuracy(cfg, str(place / WEIGHTS), real_frames, get_device())
        figures.update({f'real/{name}': real[name] for name in real})
    # Tells whether two runs of a variant had the same config.
    parts = (
        cfg.model,
        cfg.train_dataloader.dataset.pipeline,
        cfg.val_dataloader.dataset.pipeline,
        cfg.custom_hooks,
    )
    digest = hashlib.sha256(repr(parts).encode()).hexdigest()
    cost = measure_complexity(runner.model.cpu())
    frames = len(runner.train_dataloader.batch_sampler.sampler.indices)
    rounds = folder.rows_of(run, folder.curves).sort_values('iteration')
    best = rounds.loc[rounds[ACCURACY].idxmax()]
    train_s = rounds['train_s'].sum()
    folder.runs.put(
        dict(
            asdict(run),
            state=FINISHED,
            train_frames=frames,
            motions=variant.motions,
            iterations=runner.iter,
            converged=is_over(rounds, settings.patience, settings.min_gain),
            best_iteration=int(best['iteration']),
            passes=best['iteration'] * settings.batch_size / frames,
            **{f'validation/{ACCURACY}': best[ACCURACY]},
            learning_rate=settings.learning_rate,
            train_s=train_s,
            iterations_per_s=runner.iter / train_s,
            parameters=cost.parameters,
            multiply_adds=cost.multiply_adds,
            variant_digest=digest[:12],
            finished=time.strftime('%Y-%m-%d %H:%M'),
            **describe_machine(),
            **figures,
        )
    )
    for checkpoint in (place / 'training').glob('epoch_*.pth'):
        checkpoint.unlink()


def tested(place: Path) -> Dict[str, float]:
    """Figures on the test frames of the weights that a run has kept."""
    cfg = Config.fromfile(place / CONFIG)
    cfg.load_from = str(place / WEIGHTS)
    cfg.work_dir = str(place / 'training')
    return Runner.from_cfg(cfg).test()


def save_config(cfg: Config, path: Path) -> None:
    """The run's config without what only the study knows.

    With it MMPose's and this project's tools take the weights. Training with
    it takes the whole data set, epoch by epoch.
    """
    cfg = deepcopy(cfg)
    sampler = cfg.train_dataloader.sampler
    if sampler.side_by_side:
        cfg.train_dataloader.batch_sampler = dict(type='SequenceBatchSampler')
    cfg.train_dataloader.sampler = dict(type='DefaultSampler', shuffle=sampler.shuffle)
    for loader in (cfg.train_dataloader, cfg.val_dataloader, cfg.test_dataloader):
        loader.dataset.pipeline[0]['type'] = 'LoadDepthImage'
    cfg.resume = False
    cfg.work_dir = None
    with whole_file(path) as aside:
        cfg.dump(aside)
