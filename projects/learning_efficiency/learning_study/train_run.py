"""Trains and tests one run."""
import hashlib
import json
import time
from copy import deepcopy
from pathlib import Path
from typing import Optional

import torch
from mmengine.config import Config
from mmengine.runner import Runner

from . import round_record_hook, round_sampler  # noqa: F401 (register)
from .machine import describe_machine
from .plan import Run, iterations_of
from .real_frames import real_frame_accuracy
from .run_config import run_config
from .study_folder import StudyFolder, write_json

WEIGHTS = 'weights.pth'
CONFIG = 'config.py'


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
    settings = folder.settings_of(run.variant)
    work_dir = folder.run_dir(run) / 'training'
    cfg = run_config(folder.asked().variants[run.variant], settings, run,
                     folder.data(), str(work_dir))
    runner = Runner.from_cfg(cfg)
    runner.train()

    rounds = folder.rounds(run)
    train_frames = len(runner.train_dataloader.batch_sampler.sampler.indices)
    weights = save_weights(runner, folder.run_dir(run) / WEIGHTS)
    save_config(cfg, folder.run_dir(run) / CONFIG)
    iterations = iterations_of(settings, run.fraction)
    train_s = sum(entry['train_s'] for entry in rounds)
    result = dict(
        run=run._asdict(),
        settings=settings._asdict(),
        train_frames=train_frames,
        motions=cfg.train_dataloader.sampler.sequence_length > 1,
        iterations=iterations,
        passes=iterations * settings.batch_size / train_frames,
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


def save_weights(runner: Runner, path: Path) -> Path:
    """The trained weights without the optimiser's state.

    MMPose's and this project's tools take them with the config beside.
    """
    aside = path.with_suffix('.tmp')
    meta = dict(dataset_meta=runner.visualizer.dataset_meta)
    torch.save(
        dict(meta=meta, state_dict=runner.model.state_dict()), aside)
    aside.rename(path)
    return path


def save_config(cfg: Config, path: Path) -> None:
    """The run's config without what only the study knows.

    With it MMPose's and this project's tools take the weights. Training with
    it takes the whole data set, epoch by epoch.
    """
    cfg = deepcopy(cfg)
    loader = cfg.train_dataloader
    loader.sampler = dict(
        type='DefaultSampler', shuffle=loader.sampler.shuffle)
    if loader.get('batch_sampler'):
        loader.batch_sampler = dict(type='SequenceBatchSampler')
    cfg.custom_hooks = [
        hook for hook in cfg.custom_hooks
        if hook['type'] != 'RoundRecordHook'
    ]
    cfg.resume = False
    cfg.work_dir = None
    aside = path.with_name(f'aside_{path.name}')
    cfg.dump(aside)
    aside.rename(path)


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
