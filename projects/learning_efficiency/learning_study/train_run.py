"""Trains and tests one run."""
import hashlib
import json
import time
from pathlib import Path
from typing import Optional, Tuple

import numpy as np
import torch
from mmengine.config import Config
from mmengine.registry import init_default_scope
from mmengine.runner import Runner

from mmpose.registry import DATASETS

from . import round_record_hook, round_sampler  # noqa: F401 (register)
from .data_set import motion_data
from .machine import describe_machine
from .plan import Run, iterations_of
from .real_frames import real_frame_accuracy
from .run_config import SEQUENCE_LENGTH, learns_from_motions, run_config
from .settings import Settings
from .study_folder import StudyFolder, write_json
from .subsets import subset_indices

WEIGHTS = 'weights.pth'


def train_run(folder: StudyFolder,
              run: Run,
              real_frames: Optional[str] = None) -> dict:
    """Train a run to its end, test it and write its result.

    Goes on from the run's last checkpoint where there is one.

    Args:
        folder (StudyFolder): The study.
        run (Run): Which run.
        real_frames (str, optional): Real frames to test on, too.

    Returns:
        dict: What was written to ``result.json``.
    """
    settings = folder.settings()
    config, data = folder.asked().variants[run.variant], folder.data()
    sequence_ids = None
    if learns_from_motions(config):
        data = motion_data(data)
        sequence_ids = np.arange(settings.train_frames) // SEQUENCE_LENGTH
    indices = subset_indices(settings.train_frames, run.fraction,
                             subset_seed(settings, run), sequence_ids)
    work_dir = folder.run_dir(run) / 'training'
    cfg = run_config(config, settings, run, str(data), str(work_dir), indices)
    _check_size(cfg, settings.train_frames)
    runner = Runner.from_cfg(cfg)
    runner.train()

    rounds = folder.rounds(run)
    weights = save_weights(runner, folder.run_dir(run) / WEIGHTS)
    iterations = iterations_of(settings, run.fraction)
    train_s = sum(entry['train_s'] for entry in rounds)
    result = dict(
        run=run._asdict(),
        settings=settings._asdict(),
        train_frames=len(indices),
        iterations=iterations,
        passes=iterations * settings.batch_size / len(indices),
        metrics=rounds[-1]['metrics'],
        curve=[
            dict(iteration=entry['iteration'], **entry.get('metrics', {}))
            for entry in rounds
        ],
        train_s=train_s,
        iterations_per_s=iterations / train_s,
        threads=torch.get_num_threads(),
        variant_digest=variant_digest(cfg),
        machine=describe_machine(),
        finished=time.strftime('%Y-%m-%d %H:%M'))
    if real_frames:
        device = 'cuda' if torch.cuda.is_available() else 'cpu'
        result['real_frames'] = real_frame_accuracy(cfg, str(weights),
                                                    real_frames, device)
    write_json(folder.result_file(run), result)
    for checkpoint in work_dir.glob('epoch_*.pth'):
        checkpoint.unlink()
    return result


def subset_seed(settings: Settings, run: Run) -> Tuple[int, ...]:
    """What decides the order in which frames join the subsets."""
    if settings.resample_subsets:
        return settings.data_seed, run.seed
    return (settings.data_seed, )


def save_weights(runner: Runner, path: Path) -> Path:
    """The trained weights without the optimiser's state.

    MMEngine's and MMPose's tools take the file with the config beside it.
    """
    aside = path.with_suffix('.tmp')
    meta = dict(dataset_meta=runner.visualizer.dataset_meta)
    torch.save(
        dict(meta=meta, state_dict=runner.model.state_dict()), aside)
    aside.rename(path)
    return path


def variant_digest(cfg: Config) -> str:
    """Tells whether two runs of a variant had the same config.

    Of the network, what is done to the frames and the hooks; not of the
    subset, the seed or folders.
    """
    parts = dict(
        model=cfg.model,
        pipeline=cfg.train_dataloader.dataset.pipeline,
        test_pipeline=cfg.val_dataloader.dataset.pipeline,
        hooks=cfg.custom_hooks)
    text = json.dumps(Config(parts).to_dict(), sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _check_size(cfg: Config, train_frames: int) -> None:
    """The whole set must have as many usable frames as the study says."""
    init_default_scope('mmpose')
    whole = dict(cfg.train_dataloader.dataset, indices=None, pipeline=[])
    found = len(DATASETS.build(whole))
    if found != train_frames:
        raise ValueError(
            f'the training set has {found} usable frames, the study was '
            f'begun with {train_frames}')
