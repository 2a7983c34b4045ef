"""Export a trained model through MMDeploy, and try the result on an image.

Writes the exported file (end2end.onnx, .pt or .engine) with the network's
metadata inside, and the result of PyTorch and of the backend as pictures.

Example:
  python tools/deploy.py configs/deploy/depth-pose_onnxruntime_static.py \\
      configs/cmb_itop_lift_demo.py work_dirs/cmb_itop_lift_demo/epoch_8.pth \\
      frame.png --work-dir deployed --intrinsics 285.7 285.7 160 120
"""
import argparse
import os

import mmpose_cmb.register  # noqa: F401,I001 (first: it prepares the stack)
from mmpose_cmb.deploy.tool_setup import (add_config_arguments,
                                          load_configs, refuse_mistakes)


def parse_args() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    add_config_arguments(parser)
    parser.add_argument('checkpoint')
    parser.add_argument('img', help='depth image, or file with frames')
    parser.add_argument('--work-dir', default=os.getcwd())
    parser.add_argument('--device', default='cpu', help='of the backend')
    parser.add_argument('--show', action='store_true', help='open windows')
    parser.add_argument(
        '--frame', type=int, default=0, help='of a file with many')
    parser.add_argument(
        '--depth-unit-m',
        type=float,
        metavar='M',
        help='metres per stored unit of the image')
    parser.add_argument(
        '--intrinsics',
        nargs=4,
        type=float,
        metavar=('FX', 'FY', 'CX', 'CY'),
        help='of the camera, pixels')
    parser.add_argument(
        '--bbox',
        nargs=4,
        type=float,
        metavar=('X1', 'Y1', 'X2', 'Y2'),
        help='where the person is, pixels')
    return parser.parse_args()


def main() -> None:
    args = parse_args()
    with refuse_mistakes():
        deploy_cfg, model_cfg = load_configs(args)
        for option in ('frame', 'depth_unit_m', 'intrinsics', 'bbox'):
            value = getattr(args, option)
            if value is not None:
                deploy_cfg.codebase_config[option] = value
        from mmpose_cmb.deploy.deploy_model import deploy_model
        deployed = deploy_model(deploy_cfg, model_cfg, args.checkpoint,
                                args.img, args.work_dir, args.device,
                                args.show)
    print(f'\nDeployed  {deployed.files[-1]}')
    for picture in deployed.pictures:
        print(f'Picture   {picture}')
    print('Largest difference from PyTorch on this image: ' + ', '.join(
        f'{name} {value:.2g}'
        for name, value in deployed.differences.items()))


if __name__ == '__main__':
    main()
