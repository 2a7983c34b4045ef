"""Size, multiply-adds and time of the networks, as in the paper's Table 5."""
import time
from statistics import median
from typing import Dict, Sequence

import torch
from mmengine.config import Config
from mmengine.registry import init_default_scope
from torch import Tensor, nn

from mmpose.registry import MODELS
from mmpose_cmb.analysis import measure_complexity

from .machine import describe_machine
from .run_config import at_input_px
from .study_folder import StudyFolder, read_json, write_json

WARM_UP_PASSES = 3


def measure_costs(folder: StudyFolder,
                  variants: Sequence[str],
                  repetitions: int = 30) -> None:
    """Measure networks that have not been measured yet.

    All networks are timed in turns, so that a machine whose speed drifts
    treats them alike; a network that is added later makes all be timed
    again. Nothing else of the study should run meanwhile.

    Args:
        folder (StudyFolder): The study; ``costs.json`` is written there.
        variants (Sequence[str]): Which networks.
        repetitions (int): Timed images of each network. Defaults to 30.
    """
    device = 'cuda' if torch.cuda.is_available() else 'cpu'
    before = read_json(folder.costs_file) or {}
    if set(variants) <= set(before.get('networks', {})):
        return
    settings, configs = folder.settings(), folder.asked().variants
    names = list(dict.fromkeys([*before.get('networks', {}), *variants]))
    init_default_scope('mmpose')
    models = {
        name: _build(configs[name], settings.input_px).to(device)
        for name in names
    }
    image = torch.rand(1, 1, settings.input_px, settings.input_px)
    image = image.to(device)
    times_ms = interleaved_times(models, image, repetitions)
    networks = {}
    for name, model in models.items():
        cost = measure_complexity(model)
        networks[name] = dict(
            parameters=cost.parameters,
            size_mb=cost.size_bytes / 2**20,
            multiply_adds=cost.multiply_adds,
            time_ms=times_ms[name])
    write_json(
        folder.costs_file,
        dict(
            networks=networks,
            input_px=settings.input_px,
            repetitions=repetitions,
            threads=torch.get_num_threads(),
            machine=describe_machine(),
            finished=time.strftime('%Y-%m-%d %H:%M')))


def interleaved_times(models: Dict[str, nn.Module], image: Tensor,
                      repetitions: int) -> Dict[str, float]:
    """Median milliseconds of a pass, without flip test and decoding."""
    times: Dict[str, list] = {name: [] for name in models}
    with torch.no_grad():
        for i in range(WARM_UP_PASSES + repetitions):
            for name, model in models.items():
                begin = time.perf_counter()
                _forward(model, image)
                if image.is_cuda:
                    torch.cuda.synchronize()
                if i >= WARM_UP_PASSES:
                    times[name].append(1000 * (time.perf_counter() - begin))
    return {name: median(values) for name, values in times.items()}


def _build(path: str, input_px: int) -> nn.Module:
    cfg = at_input_px(Config.fromfile(path), input_px)
    return MODELS.build(cfg.model).eval()


def _forward(model: nn.Module, image: Tensor) -> None:
    model(image, None, mode='tensor')
