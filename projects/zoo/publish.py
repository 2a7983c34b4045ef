"""Make the files that ship out of a training's checkpoint.

Two files, named after the config and the content of the weights: ``.pth``,
the weights alone (without optimiser, with the averaged weights of EMA), and
``.onnx``, the folded network that knows all it needs. The ONNX file is run
beside PyTorch on the config's test frames before anything is written.

Example:
    python projects/zoo/publish.py projects/zoo/configs/body_front.py \\
        work_dirs/body_front/epoch_21.pth --data data/rooms --out published
"""

import argparse
import hashlib
import io
import tempfile
from pathlib import Path
from typing import NamedTuple, Tuple

import numpy as np
import torch
from mmengine.config import Config
from torch import Tensor, nn

import mmpose_cmb.register  # noqa: F401 (first: it prepares the stack)
from mmpose.apis import init_model
from mmpose.registry import DATASETS
from mmpose_cmb.command_line import add_overwrite, run, tool_parser
from mmpose_cmb.deploy import export_onnx, spec_of_config
from mmpose_cmb.models.folding import fold_for_inference
from mmpose_cmb.models.joint_network import JointNetwork
from mmpose_cmb.pose.onnx_network import OnnxNetwork

MOST_BYTES = 8 * 2**20
# What folding and another runtime may change.
MOST_PIXELS, MOST_MILLIMETRES = 0.05, 1.0
CHECKED_FRAMES = 100


class Agreement(NamedTuple):
    """How far the exported joints lie from PyTorch's, at most."""

    pixels: float
    millimetres: float
    frames: int


def parse_args() -> argparse.Namespace:
    parser = tool_parser(__doc__)
    parser.add_argument('config')
    parser.add_argument('checkpoint', help='of the training')
    parser.add_argument('--data', help='folder of the test frames')
    parser.add_argument('--out', type=Path, required=True, help='folder')
    add_overwrite(parser)
    return parser.parse_args()


def bare_weights(checkpoint: dict) -> bytes:
    """A checkpoint file with nothing but weights and the joints' names.

    MMEngine saves the averaged weights as ``state_dict`` where EMAHook runs.

    Args:
        checkpoint (dict): Of MMEngine's.
    """
    meta = checkpoint.get('meta', {})
    kept = dict(
        state_dict={name: value.contiguous() for name, value in checkpoint['state_dict'].items()},
        meta={name: meta[name] for name in ('dataset_meta', 'iter') if name in meta},
    )
    buffer = io.BytesIO()
    torch.save(kept, buffer)
    return buffer.getvalue()


def content_name(stem: str, content: bytes) -> str:
    """``stem-0123abcd``: MMPose's way to name published weights."""
    return f'{stem}-{hashlib.sha256(content).hexdigest()[:8]}'


def test_crops(cfg: Config) -> Tensor:
    """Crops ``[N, 1, H, W]`` of the config's test frames."""
    dataset = DATASETS.build(cfg.test_dataloader.dataset)
    rows = np.unique(np.linspace(0, len(dataset) - 1, CHECKED_FRAMES).astype(int))
    return torch.stack([dataset[int(row)]['inputs'] for row in rows]).float()


def agreement(model: nn.Module, onnx_path: str, crops: Tensor) -> Agreement:
    """Run both networks on the same crops.

    Args:
        model (nn.Module): PyTorch's, not folded.
        onnx_path (str): The exported file.
        crops (Tensor): ``[N, 1, H, W]``.
    """
    exported = OnnxNetwork(onnx_path)
    spec = exported.spec
    network = JointNetwork(model, spec.flip_test, spec.skeleton.flip_indices)
    with torch.no_grad():
        expected = network(crops)[-1].numpy()
    found = exported(crops.numpy())[-1]
    off = np.abs(found - expected).reshape(-1, 3).max(axis=0)
    millimetres = off[2] * spec.half_range_m * 1000
    return Agreement(float(off[:2].max()), float(millimetres), len(crops))


def publish(cfg: Config, checkpoint: str, out: Path) -> Tuple[Path, Path, Agreement]:
    """Write both files.

    Args:
        cfg (Config): The network's; its test frames must be in place.
        checkpoint (str): Of the training.
        out (Path): Folder to write to.

    Returns:
        tuple: The ``.pth`` file, the ``.onnx`` file, how well they agree.

    Raises:
        ValueError: If the files are too large or do not agree.
    """
    content = bare_weights(torch.load(checkpoint, map_location='cpu', weights_only=True))
    name = content_name(Path(cfg.filename).stem, content)
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out) as aside:
        weights, onnx = (Path(aside) / f'{name}{suffix}' for suffix in ('.pth', '.onnx'))
        weights.write_bytes(content)
        model = init_model(cfg, str(weights), device='cpu')
        export_onnx(
            fold_for_inference(model, 'onnxruntime'),
            spec_of_config(cfg),
            str(onnx),
            dynamic_batch=True,
        )
        for path in (weights, onnx):
            if path.stat().st_size > MOST_BYTES:
                raise ValueError(
                    f'{path.name} has {path.stat().st_size / 2**20:.1f} MB; '
                    f'files that ship have {MOST_BYTES / 2**20:.0f} at most'
                )
        off = agreement(model, str(onnx), test_crops(cfg))
        if off.pixels > MOST_PIXELS or off.millimetres > MOST_MILLIMETRES:
            raise ValueError(
                f'the exported joints are off by {off.pixels:.3f} pixels and '
                f'{off.millimetres:.2f} mm; nothing was written'
            )
        # On one disk, so that each appears whole.
        return (weights.replace(out / weights.name), onnx.replace(out / onnx.name), off)


def main() -> None:
    args = parse_args()
    cfg = Config.fromfile(args.config)
    if args.data:
        cfg.test_dataloader.dataset.data_root = args.data
    weights, onnx, off = publish(cfg, args.checkpoint, args.out)
    for path in (weights, onnx):
        print(f'{path}  {path.stat().st_size / 2**20:.2f} MB')
    print(
        f'on {off.frames} crops the ONNX file differs from PyTorch by '
        f'{off.pixels:.4f} pixels and {off.millimetres:.3f} mm at most'
    )


if __name__ == '__main__':
    run(main)
