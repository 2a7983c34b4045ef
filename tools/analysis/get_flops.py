r"""Parameters, multiply-adds and size of the networks of configs.

Example:
    python tools/analysis/get_flops.py configs/cmb_k2hpd.py \
        configs/ablations/*.py

Multiply-adds are those of convolutions and matrix products in one forward
pass of one image, without the flip test. The size is that of the weights as a
checkpoint holds them, without the optimiser's state.
"""
import argparse
import sys

from mmengine.config import Config
from mmengine.registry import init_default_scope

import mmpose_cmb.register  # noqa: F401,I001 (first: it prepares the stack)
from mmpose.models import build_pose_estimator
from mmpose_cmb.analysis import Complexity, measure_complexity
from mmpose_cmb.paths import find_config


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument(
        'configs',
        nargs='+',
        metavar='CONFIG',
        help='path, or name in this project')
    return parser.parse_args()


def measure_config(path: str) -> Complexity:
    cfg = Config.fromfile(find_config(path))
    init_default_scope(cfg.get('default_scope', 'mmpose'))
    if 'model' not in cfg:
        raise ValueError(f'{path} has no model')
    return measure_complexity(build_pose_estimator(cfg.model))


def main() -> None:
    args = parse_args()
    width = max(map(len, args.configs))
    print(f'{"config":{width}}  {"input":>11}  {"parameters":>12}  '
          f'{"multiply-adds":>13}  {"size":>9}')
    try:
        for path in args.configs:
            cost = measure_config(path)
            print(f'{path:{width}}  '
                  f'{"x".join(map(str, cost.input_shape)):>11}  '
                  f'{cost.parameters / 1e6:10.3f} M  '
                  f'{cost.multiply_adds / 1e9:11.3f} G  '
                  f'{cost.size_bytes / 2**20:6.1f} MB')
    except (OSError, ValueError) as error:
        sys.exit(f'error: {error}')


if __name__ == '__main__':
    main()
