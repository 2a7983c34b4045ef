"""The data set's metrics on an exported model; PyTorch's beside them.

Example:
  python tools/test_deployed.py \\
      configs/deploy/depth-pose_onnxruntime_static.py \\
      configs/cmb_itop_lift_demo.py --model deployed/end2end.onnx \\
      --checkpoint work_dirs/cmb_itop_lift_demo/epoch_8.pth
"""
import argparse
import json

import mmpose_cmb.register  # noqa: F401,I001 (first: it prepares the stack)
from mmpose_cmb.deploy.tool_setup import (add_config_arguments, load_configs,
                                          refuse_mistakes)


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    add_config_arguments(parser)
    parser.add_argument(
        '--model', nargs='+', required=True, help='file of tools/deploy.py')
    parser.add_argument('--checkpoint', help='PyTorch\'s, to compare with')
    parser.add_argument('--device', default='cpu')
    parser.add_argument(
        '--work-dir', default='work_dirs/test_deployed', help='for the logs')
    parser.add_argument('--show-dir', help='folder for drawn predictions')
    parser.add_argument('--out', help='JSON file for the metrics')
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


def main() -> None:
    args = parse_args()
    with refuse_mistakes():
        deploy_cfg, model_cfg = load_configs(args)
        from mmpose_cmb.deploy.deploy_model import check_backend
        from mmpose_cmb.deploy.onnx_export import replaced_when_whole
        from mmpose_cmb.deploy.score_deployed import score_deployed
        check_backend(deploy_cfg)
        metrics, expected = score_deployed(deploy_cfg, model_cfg, args.model,
                                           args.work_dir, args.checkpoint,
                                           args.device, args.show_dir)
        if args.out:
            with replaced_when_whole(args.out) as aside:
                with open(aside, 'w', encoding='utf-8') as file:
                    json.dump(
                        dict(deployed=metrics, pytorch=expected),
                        file,
                        indent=2)
    print(f'\n{table(metrics, expected or {})}')


if __name__ == '__main__':
    main()
