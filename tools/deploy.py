"""Export a trained model through MMDeploy, and try the result on an image.

Writes the exported file (end2end.onnx, .pt or .engine) with the model's
specification inside, and the results of PyTorch and of the backend as
pictures.

Example:
  python tools/deploy.py configs/deploy/depth-pose_onnxruntime_static.py \\
      configs/cmb_itop_lift_demo.py work_dirs/cmb_itop_lift_demo/epoch_8.pth \\
      frame.png --work-dir deployed --intrinsics 285.7 285.7 160 120
"""

import argparse
import os

from mmpose_cmb.command_line import (
    add_boxes,
    add_deploy_configs,
    add_device,
    add_intrinsics,
    add_key,
    add_overwrite,
    add_unit_m,
    input_file,
    run,
    tool_parser,
)


def parse_args() -> argparse.Namespace:
    parser = tool_parser(__doc__)
    add_deploy_configs(parser)
    parser.add_argument('checkpoint', type=input_file)
    parser.add_argument('img', help='depth image, or file with frames')
    parser.add_argument('--work-dir', default=os.getcwd())
    add_overwrite(parser)
    add_device(parser, 'cpu')
    parser.add_argument('--show', action='store_true', help='open windows')
    parser.add_argument('--frame', default='0', metavar='N', help='of a file with many')
    add_unit_m(parser)
    add_intrinsics(parser)
    add_key(parser)
    add_boxes(parser)
    return parser.parse_args()


def main() -> None:
    args = parse_args()
    import mmpose_cmb.register  # noqa: F401 (first: it prepares the stack)
    from mmpose_cmb.apis.model_spec_of_config import spec_of_config
    from mmpose_cmb.deploy.tool_setup import load_configs
    from mmpose_cmb.depth.frame_reader import select_frames
    from mmpose_cmb.pose.predictor import list_model_frames

    deploy_cfg, model_cfg = load_configs(args)
    from mmpose_cmb.deploy.deploy_model import check_backend, deploy_model

    check_backend(deploy_cfg, args.device)
    (reference,) = select_frames(
        list_model_frames(
            spec_of_config(model_cfg), args.img, args.unit_m, args.intrinsics, args.key
        ),
        args.frame,
    )
    frame = reference.read()
    for note in reference.notes:
        print(f'note: {note}')
    deployed = deploy_model(
        deploy_cfg,
        model_cfg,
        args.checkpoint,
        frame,
        args.work_dir,
        args.bbox,
        args.device,
        args.show,
    )
    print(f'\nDeployed  {deployed.files[-1]}')
    for picture in deployed.pictures:
        print(f'Picture   {picture}')
    print(
        'Largest difference from PyTorch on this image: '
        + ', '.join(f'{name} {value:.2g}' for name, value in deployed.differences.items())
    )


if __name__ == '__main__':
    run(main)
