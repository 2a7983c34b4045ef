"""Write anew what the ONNX files that ship say of themselves.

For a change in what files say (``ModelSpec``, ``DetectorSpec``): the weights and
so the names stay. What is said comes from the config in the checkpoint beside each
file; a finder gets the least score that ``publish.py`` gives by default. Lists the
files whose text has changed.

Example:
    python projects/zoo/restate.py mmpose_cmb/shipped
"""

# First: Ctrl-C ends the imports that follow, too.
from mmpose_cmb.command_line import run, tool_parser

# isort: split
import argparse
import shutil
import tempfile
from pathlib import Path

from mmengine.config import Config
from publish import finds_people

import mmpose_cmb.register  # noqa: F401 (first: it prepares the stack)
from mmpose_cmb.deploy import detector_spec_of_config, spec_of_config
from mmpose_cmb.deploy.exported_file import write_spec
from mmpose_cmb.engine.checkpoint_file import load_checkpoint_file
from mmpose_cmb.engine.stored_config import stored_config


def parse_args() -> argparse.Namespace:
    parser = tool_parser(__doc__)
    parser.add_argument('folder', type=Path, help='of the files, NAME.onnx and NAME.pth')
    return parser.parse_args()


def restate(onnx: Path) -> bool:
    """Write one file's text anew; returns whether anything has changed.

    Args:
        onnx (Path): With its checkpoint, ``.pth``, beside it.

    Raises:
        FileNotFoundError, ValueError: If the checkpoint is missing or holds no
            config.
    """
    weights = str(onnx.with_suffix('.pth'))
    cfg = Config(stored_config(load_checkpoint_file(weights), weights))
    spec = (detector_spec_of_config if finds_people(cfg) else spec_of_config)(cfg)
    with tempfile.TemporaryDirectory(dir=onnx.parent) as aside:
        written = Path(aside) / onnx.name
        shutil.copy(onnx, written)
        write_spec(str(written), spec)
        changed = written.read_bytes() != onnx.read_bytes()
        written.replace(onnx)
    return changed


def main() -> None:
    args = parse_args()
    files = sorted(args.folder.glob('*.onnx'))
    if not files:
        raise FileNotFoundError(f'{args.folder} holds no .onnx files')
    changed = [onnx.name for onnx in files if restate(onnx)]
    print(f'{len(files)} files; changed: {", ".join(changed) or "none"}')


if __name__ == '__main__':
    run(main)
