"""The data set's metrics on an exported model; PyTorch's beside them.

Example:
  python tools/test_deployed.py \\
      configs/deploy/depth-pose_onnxruntime_static.py \\
      configs/cmb_itop_lift_demo.py --model deployed/end2end.onnx \\
      --checkpoint work_dirs/cmb_itop_lift_demo/epoch_8.pth
"""

import argparse
import math

from mmpose_cmb.command_line import (
    add_deploy_configs,
    add_device,
    add_overwrite,
    input_file,
    run,
    tool_parser,
)


def parse_args() -> argparse.Namespace:
    parser = tool_parser(__doc__)
    add_deploy_configs(parser)
    parser.add_argument(
        '--model', nargs='+', required=True, type=input_file, help='file of tools/deploy.py'
    )
    parser.add_argument('--checkpoint', type=input_file, help="PyTorch's, to compare with")
    add_device(parser, 'cpu')
    parser.add_argument('--work-dir', default='work_dirs/test_deployed', help='for the logs')
    parser.add_argument('--show-dir', help='folder for drawn predictions')
    parser.add_argument('--out', help='JSON file for the metrics')
    add_overwrite(parser)
    return parser.parse_args()


def table(metrics: dict, expected: dict) -> str:
    """The metrics in lines; ``expected`` may be empty."""
    width = max(map(len, metrics))
    lines = [f'{"":{width}}  deployed' + '   PyTorch' * bool(expected)]
    for name, value in metrics.items():
        line = f'{name:{width}}  {value:8.3f}'
        if expected:
            line += f'  {expected[name]:8.3f}'
        lines.append(line)
    return '\n'.join(lines)


def for_json(metrics: dict) -> dict:
    """Metrics that are not finite, as where a joint has no prediction, as None."""
    return {name: value if math.isfinite(value) else None for name, value in metrics.items()}


def main() -> None:
    args = parse_args()
    import mmpose_cmb.register  # noqa: F401 (first: it prepares the stack)
    from mmpose_cmb.deploy.tool_setup import load_configs
    from mmpose_cmb.io.kept_files import check_output
    from mmpose_cmb.io.whole_file import write_json

    if args.out:
        check_output(args.out)
    deploy_cfg, model_cfg = load_configs(args)
    from mmpose_cmb.deploy.deploy_model import check_backend
    from mmpose_cmb.deploy.score_deployed import score_deployed

    check_backend(deploy_cfg, args.device)
    metrics, expected = score_deployed(
        deploy_cfg,
        model_cfg,
        args.model,
        args.work_dir,
        args.checkpoint,
        args.device,
        args.show_dir,
    )
    print(f'\n{table(metrics, expected or {})}')
    if args.out:
        columns = dict(deployed=for_json(metrics), pytorch=expected and for_json(expected))
        write_json(args.out, columns, 2)


if __name__ == '__main__':
    run(main)
