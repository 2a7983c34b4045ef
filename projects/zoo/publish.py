"""Make the files that ship out of a training's checkpoint.

Two files, named after the config and the content of the weights: ``.pth``,
the weights alone (without optimiser, with the averaged weights of EMA), and
``.onnx``, the folded network that knows all it needs, its weights stored in 16 bits.
Of a checkpoint of all joints those of the config are kept (cut_joints.py). The ONNX
file is run beside PyTorch on the config's test frames before anything is written:
99.8 % of the joints must agree.

Examples:
    python projects/zoo/publish.py projects/zoo/configs/body_front.py \\
        work_dirs/body_front_joints/epoch_13.pth --data data/rooms --out published
    python projects/zoo/publish.py projects/zoo/configs/person_boxes.py \\
        work_dirs/person_boxes/epoch_12.pth --data data/rooms --out published
"""

# First: Ctrl-C ends the imports that follow, too.
from mmpose_cmb.command_line import add_overwrite, run, tool_parser

# isort: split
import argparse
import hashlib
import io
import tempfile
from pathlib import Path
from typing import Dict, Tuple

import numpy as np
import torch
from cut_joints import network_of, read_checkpoint
from mmengine.config import Config
from torch import Tensor, nn

import mmpose_cmb.register  # noqa: F401 (first: it prepares the stack)
from mmpose.registry import DATASETS
from mmpose_cmb.apis.detector_spec_of_config import LEAST_SCORE
from mmpose_cmb.deploy import detector_spec_of_config, export_onnx, spec_of_config
from mmpose_cmb.engine.checkpoint_file import load_checkpoint_file
from mmpose_cmb.models.box_network import BoxNetwork
from mmpose_cmb.models.folding import fold_for_inference
from mmpose_cmb.models.joint_network import JointNetwork
from mmpose_cmb.pose.onnx_network import OnnxNetwork
from mmpose_cmb.pose.person_finder import PersonFinder

MOST_BYTES = 8 * 2**20
# What folding and another runtime may change.
MOST_OFF = {'pixels': 0.05, 'mm': 1.0, 'of probability': 0.001}
CHECKED_FRAMES = 100
LEAST_JOINT_SCORE = 0.1
# Of the joints. Where a map is flat around its maximum, or has two that are level, the
# last digit decides where the joint is.
AGREEING_SHARE = 0.998


def parse_args() -> argparse.Namespace:
    parser = tool_parser(__doc__)
    parser.add_argument('config')
    parser.add_argument('checkpoint', help='of the training')
    parser.add_argument('--data', help='folder of the test frames')
    parser.add_argument('--out', type=Path, required=True, help='folder')
    parser.add_argument(
        '--least-score',
        type=float,
        default=LEAST_SCORE,
        metavar='SCORE',
        help="of a person finder: what is lower is nobody, as long as the file's user "
        'says no other (default: %(default)s)',
    )
    add_overwrite(parser)
    return parser.parse_args()


def bare_weights(checkpoint: dict, cfg: Config) -> bytes:
    """A checkpoint file with weights, joints' names and what inference needs.

    MMEngine saves the averaged weights as ``state_dict`` where EMAHook runs.

    Args:
        checkpoint (dict): Of MMEngine's.
        cfg (Config): Of it, model and test pipeline are kept: nothing says
            where the frames lay.
    """
    meta = dict(checkpoint.get('meta', {}), cfg=inference_config(cfg).pretty_text)
    kept = dict(
        state_dict={name: value.contiguous() for name, value in checkpoint['state_dict'].items()},
        meta={name: meta[name] for name in ('dataset_meta', 'iter', 'cfg') if name in meta},
    )
    buffer = io.BytesIO()
    torch.save(kept, buffer)
    return buffer.getvalue()


def inference_config(cfg: Config) -> Config:
    """Model, data set and test pipeline of a config."""
    dataset = cfg.test_dataloader.dataset
    kept = {key: dataset[key] for key in ('type', 'metainfo', 'data_mode') if key in dataset}
    return Config(
        dict(
            default_scope=cfg.get('default_scope', 'mmpose'),
            model=cfg.model,
            test_dataloader=dict(dataset=dict(kept, pipeline=dataset.pipeline)),
        )
    )


def content_name(stem: str, content: bytes) -> str:
    """``stem-0123abcd``: MMPose's way to name published weights."""
    return f'{stem}-{hashlib.sha256(content).hexdigest()[:8]}'


def finds_people(cfg: Config) -> bool:
    """Whether a config's network gives boxes, and not joints."""
    return cfg.model.type == 'PersonBoxEstimator'


def test_inputs(cfg: Config) -> Tensor:
    """Inputs ``[N, 1, H, W]`` of the config's test frames."""
    dataset = DATASETS.build(cfg.test_dataloader.dataset)
    rows = np.unique(np.linspace(0, len(dataset) - 1, CHECKED_FRAMES).astype(int))
    return torch.stack([dataset[int(row)]['inputs'] for row in rows]).float()


@torch.no_grad()
def joints_off(model: nn.Module, onnx_path: str, crops: Tensor) -> Dict[str, float]:
    """How far the exported joints lie from PyTorch's, ``AGREEING_SHARE`` of them at most.

    Those that are hardly there are left out: an empty map has no place.

    Args:
        model (nn.Module): PyTorch's, not folded.
        onnx_path (str): The exported file.
        crops (Tensor): ``[N, 1, H, W]``.
    """
    exported = OnnxNetwork(onnx_path)
    spec = exported.spec
    network = JointNetwork(model, spec.flip_test, spec.skeleton.flip_indices)
    expected = network(crops)[-1].numpy()
    _, scores, found = exported(crops.numpy())
    off = np.abs(found - expected)[scores > LEAST_JOINT_SCORE]
    most = np.quantile(off, AGREEING_SHARE, axis=0, method='higher') if len(off) else np.zeros(3)
    return {'pixels': float(most[:2].max()), 'mm': float(most[2] * spec.half_range_m * 1000)}


@torch.no_grad()
def boxes_off(model: nn.Module, onnx_path: str, inputs: Tensor) -> Dict[str, float]:
    """How far exported centres and sides lie from PyTorch's, at most.

    Args: See :func:`joints_off`. Sides count where somebody may be.
    """
    finder = PersonFinder(onnx_path)
    heat, sides = (maps.numpy() for maps in BoxNetwork(model)(inputs))
    found_heat, found_sides = finder.maps(inputs.numpy())
    somebody = np.broadcast_to(heat >= finder.spec.least_score, sides.shape)
    off = np.abs(found_sides - sides)[somebody].max(initial=0)
    return {'pixels': float(off), 'of probability': float(np.abs(found_heat - heat).max())}


def as_words(off: Dict[str, float]) -> str:
    """``0.0012 pixels and 0.010 mm``."""
    return ' and '.join(f'{value:.2g} {unit}' for unit, value in off.items())


def publish(
    cfg: Config, checkpoint: str, out: Path, least_score: float = LEAST_SCORE
) -> Tuple[Path, Path, Dict[str, float]]:
    """Write both files.

    Args:
        cfg (Config): The network's; its test frames must be in place.
        checkpoint (str): Of the training; of its joints those of the config
            are kept.
        out (Path): Folder to write to.
        least_score (float): Of a person finder, see
            ``detector_spec_of_config``, and its default.

    Returns:
        tuple: The ``.pth`` file, the ``.onnx`` file, how far they are apart.

    Raises:
        ValueError: If the checkpoint is of another network, or the files are
            too large or do not agree.
    """
    trained = read_checkpoint(checkpoint, cfg)
    content = bare_weights(trained, cfg)
    boxes = finds_people(cfg)
    spec = detector_spec_of_config(cfg, least_score) if boxes else spec_of_config(cfg)
    name = content_name(Path(cfg.filename).stem, content)
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out) as aside:
        weights, onnx = (Path(aside) / f'{name}{suffix}' for suffix in ('.pth', '.onnx'))
        weights.write_bytes(content)
        model = network_of(cfg, load_checkpoint_file(str(weights)))
        folded = fold_for_inference(model, 'onnxruntime')
        export_onnx(folded, spec, str(onnx), dynamic_batch=True, in_16_bits=True)
        for path in (weights, onnx):
            if path.stat().st_size > MOST_BYTES:
                raise ValueError(
                    f'{path.name} has {path.stat().st_size / 2**20:.1f} MB; '
                    f'files that ship have {MOST_BYTES / 2**20:.0f} at most'
                )
        off = (boxes_off if boxes else joints_off)(model, str(onnx), test_inputs(cfg))
        if any(value > MOST_OFF[unit] for unit, value in off.items()):
            raise ValueError(f'the exported file is off by {as_words(off)}; nothing was written')
        # On one disk, so that each appears whole.
        return (weights.replace(out / weights.name), onnx.replace(out / onnx.name), off)


def main() -> None:
    args = parse_args()
    cfg = Config.fromfile(args.config)
    if args.data:
        cfg.test_dataloader.dataset.data_root = args.data
    weights, onnx, off = publish(cfg, args.checkpoint, args.out, args.least_score)
    for path in (weights, onnx):
        print(f'{path}  {path.stat().st_size / 2**20:.2f} MB')
    most = 'at most' if finds_people(cfg) else f'at most, {AGREEING_SHARE:.1%} of the joints'
    print(f'the ONNX file differs from PyTorch by {as_words(off)} {most}')


if __name__ == '__main__':
    run(main)
