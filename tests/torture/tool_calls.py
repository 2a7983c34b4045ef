"""A small call of every tool."""

import os
from pathlib import Path
from typing import Dict, List, NamedTuple

import numpy as np

from mmpose_cmb.command_line import DONE

from .processes import call, tool
from .small_training import write_small_config

CAMERA = '--unit-m 0.001 --intrinsics 183 183 127.5 105.5'
DEPLOY_CONFIG = 'depth-pose_onnxruntime_static'
# What each writes lies below {out}; the others write nothing.
WRITING = (
    'train.py {cfg} --work-dir {out}/work',
    'test.py {cfg} {ckpt} --work-dir {out}/work --out {out}/m.json',
    'infer.py {images} {camera} --config {cfg} --checkpoint {ckpt} --vis-out-dir {out}/pictures',
    'infer.py {images} {camera} --config {cfg} --checkpoint {ckpt} --pred-out-dir {out}/joints',
    'live.py {images} {camera} --no-window --loop --max-frames 99 --jsonl {out}/joints.jsonl',
    'live.py {images} {camera} --no-window --loop --max-frames 99 --record {out}/recorded',
    'live.py {images} {camera} --no-window --loop --max-frames 99 --out-dir {out}/pictures',
    'live.py {images} {camera} --no-window --loop --max-frames 99 --out-video {out}/video.mp4',
    'runtime {images} {camera} --out-dir {out}/results',
    'deploy.py {deploy} {cfg} {ckpt} {image} --unit-m 0.001 --bbox 60 20 180 200 --work-dir {out}',
    'test_deployed.py {deploy} {cfg} --model {onnx} --work-dir {out}/work --out {out}/m.json',
    'synthesize.py --train 40 --test 8 --workers 2 --out-dir {out}/set',
    'evaluate_predictions.py {txt} {txt} --pred-form uv --gt-form uv --out {out}/m.json',
    'draw_predictions.py {cfg} {dump} {out}/sheet.png',
    'draw_learning_curve.py {curve} --out {out}/curve.png',
    'browse_dataset.py {cfg} --out-dir {out}/sheets',
    'dataset_statistics.py {cfg} --out {out}/statistics.png',
    'benchmark.py --size 64 --models cmb_light --backends eager --out-dir {out}/timed',
    'analysis/visualize_memory.py {cfg} {ckpt} --images {test_image} --out-dir {out}/memory',
    'dataset_converters/dataset_to_coco.py k2hpd {data} {out}/coco',
    'dataset_converters/folder_to_coco.py {images} {csv} {out}/coco.json --unit-m 0.001',
    'demo.py --config {cfg} --train 40 --test 8 --data {out}/set --work-dir {out}/demo',
    'projects/live_motion/make_motion.py {out}/motion --seconds 1',
    'projects/zoo/make.py body_front --data {out}/rooms --frames 9 --work-dirs {out}/work',
    'projects/zoo/worst.py {cfg} {ckpt} --data {data} --out {out}/worst.png',
    'projects/zoo/calibrate.py {cfg} {ckpt} {out}/calibrated.pth --data {data}',
    'projects/zoo/publish.py {cfg} {ckpt} --data {data} --out {out}/published',
    'make_environment.py {out}/venv --torch cpu',
)
READING = (
    'check_dataset.py {cfg}',
    'benchmark_runtime.py --rounds 20 --threads 1',
    'benchmark_training.py {cfg} --size 64 --steps 2 --batch-size 2',
    'analysis/get_flops.py {cfg}',
    'projects/zoo/detector_score.py {finder} --data {data}',
    'projects/person_boxes/evaluate.py {cfg} {data}',
    'projects/live_motion/measure_rates.py {images} {onnx} --rounds 1',
)


class Calls(NamedTuple):
    """Commands of tools, by the line that names them."""

    lines: Dict[str, List[str]]

    @classmethod
    def below(cls, folder: Path, data: Path, out: Path, random_weights: 'object') -> 'Calls':
        """Write what they read, and name ``out`` for what they write.

        Args:
            folder (Path): Gets a config, weights, an export, tables.
            data (Path): See ``synthesize``.
            out (Path): For their results.
            random_weights (callable): Writes weights of a config.
        """
        images = data / 'depth_data' / 'depth_mm'
        config = write_small_config(
            folder / 'small.py',
            data,
            'train_cfg = dict(max_epochs=99)\n'
            'visualizer = dict(vis_backends=[dict(type="LocalVisBackend")])',
        )
        places = dict(
            cfg=config,
            ckpt=random_weights(config, folder / 'random.pth'),
            images=images,
            image=sorted(images.iterdir())[0],
            test_image=sorted((data / 'depth_data' / 'depth_images').iterdir())[-1],
            data=data,
            camera=CAMERA,
            deploy=DEPLOY_CONFIG,
            onnx=folder / 'export' / 'end2end.onnx',
            txt=folder / 'joints.txt',
            csv=folder / 'labels.csv',
            dump=folder / 'dump.json',
            curve=folder / 'curve',
            finder=shipped_finder(),
            out=folder / 'export',
        )
        np.savetxt(places['txt'], np.random.default_rng(0).uniform(0, 99, (15, 2)))
        places['csv'].write_text(f'image,head_x,head_y\n{places["image"].name},10,20\n')
        log = places['curve'] / 'run' / 'vis_data' / 'scalars.json'
        log.parent.mkdir(parents=True)
        steps = (f'{{"loss": {1 / i}, "iter": {i}, "step": {i}}}\n' for i in range(1, 99))
        log.write_text(''.join(steps))
        for line in (
            next(line for line in WRITING if line.startswith('deploy.py')),
            'test.py {cfg} {ckpt} --work-dir {out} --dump {dump}',
        ):
            ended = call(tool(line.format(**places)))
            assert ended.status == DONE, ended.said
        places['out'] = out
        return cls({line: tool(line.format(**places)) for line in (*WRITING, *READING)})


def shipped_finder() -> str:
    """The network that comes with the package and finds people."""
    from mmpose_cmb.shipped import shipped_network

    return shipped_network('person_boxes')


def name_of(line: str) -> str:
    """The tool that a line calls."""
    return os.path.basename(line.split()[0])
