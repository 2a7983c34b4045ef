"""Score a file of predicted joints against a file of labels; no model needed.

Both files are text (one frame per line, or one joint per line), .npy or .npz.
What the numbers of a joint are must be said:
  uv       pixels right and down: scored in the image alone (PDJ and PCKh)
  uvd      pixels right and down, and depth; needs --intrinsics
  xyz      metres or millimetres in the camera frame, y pointing down
  xyz-yup  the same with y pointing up, as in ITOP's labels

Example:
  python tools/evaluate_predictions.py result.txt labels.npz \\
      --pred-form uvd --intrinsics itop --gt-form xyz-yup --gt-key gt_world_m
"""

import argparse
import math
import os

from mmpose_cmb.command_line import add_overwrite, input_file, positive_float, run, tool_parser
from mmpose_cmb.io import write_json
from mmpose_cmb.io.kept_files import check_output
from mmpose_cmb.paths import config_path

# As in mmpose_cmb.evaluation.prediction_files, which loads MMPose.
FORMS = ('uv', 'uvd', 'xyz', 'xyz-yup')


def parse_args() -> argparse.Namespace:
    parser = tool_parser(__doc__)
    parser.add_argument('pred', type=input_file, help='file of the predictions')
    parser.add_argument('gt', type=input_file, help='file of the labels, frame by frame alike')
    for side in ('pred', 'gt'):
        parser.add_argument(f'--{side}-form', required=True, choices=FORMS)
        parser.add_argument(
            f'--{side}-unit-m',
            type=positive_float,
            default=1.0,
            metavar='M',
            help='metres per unit of the depth or of all three numbers, 0.001 '
            'for millimetres (default: 1)',
        )
        parser.add_argument(
            f'--{side}-key', metavar='NAME', help='name of the array in an NPZ file with several'
        )
    parser.add_argument(
        '--intrinsics',
        nargs='+',
        metavar='F',
        help='"itop", or fx fy cx cy in pixels; with it PDJ and PCKh, too',
    )
    parser.add_argument(
        '--dataset-info',
        default=config_path('_base_/datasets/itop.py'),
        help="config with names and groups of the joints (default: ITOP's)",
    )
    parser.add_argument(
        '--thresholds-m',
        nargs='+',
        type=float,
        default=[0.1],
        help='for the 10 cm rule (default: 0.1)',
    )
    parser.add_argument(
        '--distances-mm',
        nargs='+',
        type=float,
        default=[50.0, 100.0, 150.0, 200.0],
        help='for frames within (default: 50 100 150 200)',
    )
    parser.add_argument(
        '--max-distance-mm', type=float, help='end of the curve (default: largest distance)'
    )
    parser.add_argument('--root', help='joint for errors relative to it, such as wrist')
    parser.add_argument('--plot', help='picture of the curve of frames (.png)')
    parser.add_argument('--out', help='JSON file for all figures (null: none or infinite)')
    add_overwrite(parser)
    return parser.parse_args()


def read_metainfo(path: str) -> dict:
    """Names and groups of the joints."""
    if not os.path.isfile(path):
        raise FileNotFoundError(f'{path}: no such file (--dataset-info)')
    from mmpose_cmb.datasets.dataset_info import parse_depth_metainfo
    from mmpose_cmb.engine.tool_config import read_config

    dataset_info = read_config(path).get('dataset_info')
    if dataset_info is None:
        raise ValueError(f'{path}: has no "dataset_info"')
    return parse_depth_metainfo(dataset_info)


def read_intrinsics(words):
    """The camera of ``--intrinsics``."""
    from mmpose_cmb.camera import ITOP_CAMERA, check_intrinsics

    if words is None:
        return None
    if words == ['itop']:
        return ITOP_CAMERA
    try:
        return check_intrinsics(words)
    except ValueError:
        raise ValueError(
            '--intrinsics: expected "itop" or the four numbers FX FY CX CY in pixels, '
            f'focal lengths above 0, got {" ".join(words)}'
        ) from None


def evaluate(args: argparse.Namespace) -> dict:
    import mmpose_cmb.register  # noqa: F401 (first: prepares the stack)
    from mmpose_cmb.evaluation import prediction_files
    from mmpose_cmb.evaluation.score_joints import score_joints, score_pixels

    metainfo = read_metainfo(args.dataset_info)
    camera = read_intrinsics(args.intrinsics)
    in_image = 'uv' in (args.pred_form, args.gt_form)
    joints = {}
    for side, form, unit_m, key in (
        ('pred', args.pred_form, args.pred_unit_m, args.pred_key),
        ('gt', args.gt_form, args.gt_unit_m, args.gt_key),
    ):
        path = getattr(args, side)
        values = prediction_files.read_joints(
            path, len(metainfo['keypoint_name2id']), key, prediction_files.FORMS[form]
        )
        if in_image:
            joints[side] = prediction_files.to_pixels(values, form, intrinsics=camera, source=path)
        else:
            joints[side] = prediction_files.to_camera(
                values, form, unit_m=unit_m, intrinsics=camera, source=path
            )
    if len(joints['pred']) != len(joints['gt']):
        raise ValueError(
            f'{args.pred} holds {len(joints["pred"])} frames, {args.gt} {len(joints["gt"])}'
        )
    if in_image:
        if args.plot:
            raise ValueError('--plot: the curve is of distances in space, and uv has none')
        return score_pixels(joints['pred'], joints['gt'], metainfo)
    return score_joints(
        joints['pred'],
        joints['gt'],
        metainfo,
        thresholds_m=args.thresholds_m,
        distances_mm=args.distances_mm,
        max_distance_mm=args.max_distance_mm,
        root=args.root,
        intrinsics=camera,
        plot_file=args.plot,
    )


def write_figures(path: str, figures: dict) -> None:
    # JSON knows neither NaN nor infinity.
    figures = {key: value if math.isfinite(value) else None for key, value in figures.items()}
    write_json(path, figures, indent=2)


def main() -> None:
    args = parse_args()
    for path in filter(None, (args.out, args.plot)):
        check_output(path)
    figures = evaluate(args)
    if args.plot:
        print(f'Curve: {args.plot}')
    if args.out:
        write_figures(args.out, figures)
        print(f'Figures: {args.out}')


if __name__ == '__main__':
    run(main)
