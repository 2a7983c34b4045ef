"""Tests runs under conditions."""
import json
import time
from pathlib import Path
from typing import Dict, List

from learning_study.plan import Run
from learning_study.study_folder import StudyFolder
from learning_study.summary import ACCURACY
from learning_study.train_run import CONFIG, WEIGHTS
from mmengine.config import Config

from mmpose_cmb.evaluation.score_joints import score_pixels

from .conditions import CONDITIONS
from .crops import Crops, load_crops
from .kept_figures import KeptFigures
from .network import load_network, predict
from .other_camera import provide_other_camera


class Tester:
    """Tests runs under conditions, each once.

    Args:
        folder (StudyFolder): The study.
        data (Path): Its frames.
        device (str): Where networks run.
    """

    def __init__(self, folder: StudyFolder, data: Path, device: str) -> None:
        self.folder = folder
        self.data = data
        self.other_camera = folder.root / 'robustness' / 'other_camera'
        self.device = device
        self.kept = KeptFigures(folder)

    def test(self, runs: List[Run], conditions: List[str]) -> None:
        """Test what has not been tested yet."""
        todo = {
            name: [run for run in runs if self.kept.get(run, name) is None]
            for name in conditions
        }
        left = sum(map(len, todo.values()))
        print(f'{len(runs)} networks, {len(conditions)} conditions; '
              f'{len(runs) * len(conditions) - left} tests done before, '
              f'{left} to do', flush=True)
        # A condition's crops are as much as should be held in memory.
        for name, its_runs in todo.items():
            self._test_all(name, its_runs)

    def _test_all(self, name: str, runs: List[Run]) -> None:
        crops_by_pipeline: Dict[str, Crops] = {}
        for run in runs:
            begin = time.perf_counter()
            place = self.folder.run_dir(run)
            cfg = Config.fromfile(place / CONFIG)
            pipeline = json.dumps(
                cfg.test_dataloader.dataset.to_dict(), sort_keys=True)
            if pipeline not in crops_by_pipeline:
                crops_by_pipeline[pipeline] = self._load(name, cfg)
            crops = crops_by_pipeline[pipeline]
            model = load_network(cfg, place / WEIGHTS, self.device,
                                 CONDITIONS[name].on_memory)
            metrics = score_pixels(
                predict(model, crops), crops.keypoints_px, crops.metainfo,
                detail='groups')
            self.kept.keep(run, name, len(crops.samples), metrics)
            print(f'{time.strftime("%H:%M:%S")} {name}, {run}: {ACCURACY} '
                  f'{metrics[ACCURACY]:.1f} '
                  f'({time.perf_counter() - begin:.1f} s)', flush=True)

    def _load(self, name: str, cfg: Config) -> Crops:
        condition, root = CONDITIONS[name], self.data
        if condition.other_camera:
            root = self.other_camera
            provide_other_camera(root, self.folder.settings().data_seed)
        return load_crops(cfg.test_dataloader.dataset, root, name, condition)
