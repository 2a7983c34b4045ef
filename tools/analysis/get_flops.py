r"""Parameters, multiply-adds and size of the networks of configs.

Example:
    python tools/analysis/get_flops.py configs/cmb_k2hpd.py \
        configs/ablations/*.py

Multiply-adds are those of convolutions and matrix products in one forward
pass of one image, without the flip test. The size is that of the weights as a
checkpoint holds them, without the optimiser's state.
"""

import argparse

from mmpose_cmb.command_line import run, tool_parser


def parse_args() -> argparse.Namespace:
    parser = tool_parser(__doc__)
    parser.add_argument('configs', nargs='+', metavar='CONFIG')
    return parser.parse_args()


def measure_config(path: str):
    import mmpose_cmb.register  # noqa: F401,I001 (first: prepares the stack)
    from mmengine.registry import init_default_scope

    from mmpose.models import build_pose_estimator
    from mmpose_cmb.analysis import measure_complexity
    from mmpose_cmb.engine.tool_config import read_config

    cfg = read_config(path, needed=['model'])
    init_default_scope(cfg.get('default_scope', 'mmpose'))
    return measure_complexity(build_pose_estimator(cfg.model))


def main() -> None:
    args = parse_args()
    width = max(map(len, args.configs))
    print(
        f'{"config":{width}}  {"input":>11}  {"parameters":>12}  '
        f'{"multiply-adds":>13}  {"size":>9}'
    )
    for path in args.configs:
        cost = measure_config(path)
        print(
            f'{path:{width}}  '
            f'{"x".join(map(str, cost.input_shape)):>11}  '
            f'{cost.parameters / 1e6:10.3f} M  '
            f'{cost.multiply_adds / 1e9:11.3f} G  '
            f'{cost.size_bytes / 2**20:6.1f} MB'
        )


if __name__ == '__main__':
    run(main)
