"""Estimate poses in depth files, with the shipped network or your own.

Inputs are PNG, TIFF, NPY, NPZ and HDF5 files, folders and globs. Unit and
intrinsics are taken from camera.json beside the images, or guessed; the
person is found in the depth where no boxes are given.

Exit status: 0 where every input could be read, 1 where some could not (they
are listed at the end), 2 after a mistake in the arguments.
"""

import argparse
from typing import List, Optional

from mmpose_cmb.command_line import (
    add_device,
    add_kpt_thr,
    add_out_dir,
    add_overwrite,
    input_file,
    run,
    tool_parser,
)
from mmpose_cmb.pose.frame_options import add_frame_options, boxes_of_options, frames_of_options


def parse_args(argv: Optional[List[str]] = None) -> argparse.Namespace:
    parser = tool_parser(__doc__)
    add = parser.add_argument
    add_frame_options(parser)
    add(
        '--config',
        type=input_file,
        help="path, or a model's name; default: as stored in the checkpoint",
    )
    add(
        '--checkpoint',
        type=input_file,
        help='or body_top: people seen from above, or hand: one that is held out, or '
        "body_front_kinect: Kinect v2's joints (default: body_front, which comes along)",
    )
    add_out_dir(
        parser,
        help='folder for visualizations and predictions (default: results, '
        'where no other output is named)',
    )
    add('--vis-out-dir', metavar='DIR', help='folder for the pictures')
    add('--pred-out-dir', metavar='DIR', help='folder for the predictions as JSON')
    add('--rerun', metavar='FILE.rrd', help='recording for the Rerun viewer')
    add_overwrite(parser)
    add('--det-model', help='config or name of an MMDetection detector')
    add('--det-weights', type=input_file)
    add('--det-cat-ids', type=int, nargs='+', default=[0])
    add_device(parser)
    add('--batch-size', type=int, default=1, help='frames at a time')
    add('--flip-test', action=argparse.BooleanOptionalAction, help='default: as the config says')
    add('--no-fold', action='store_true', help='run the network as trained')
    add_kpt_thr(parser)
    add('--draw-bbox', action='store_true')
    add('--show', action='store_true', help='open a window')
    add('--wait-time', type=float, default=0, help='seconds it stays')
    args = parser.parse_args(argv)
    if args.config and not args.checkpoint:
        parser.error('--config needs --checkpoint')
    return args


def main(argv: Optional[List[str]] = None) -> int:
    """Run the command line; returns the exit status."""
    args = parse_args(argv)
    if args.show:
        from mmpose_cmb.drawing.window import why_no_window

        why = why_no_window()
        if why is not None:
            raise ValueError(f'--show: {why}')
    from mmpose_cmb.apis import DepthPoseInferencer

    inferencer = DepthPoseInferencer(
        args.config,
        args.checkpoint,
        device=args.device,
        det_model=args.det_model,
        det_weights=args.det_weights,
        det_cat_ids=args.det_cat_ids,
        detector=args.detector,
        bbox_thr=args.bbox_thr,
        fold=not args.no_fold,
        flip_test=args.flip_test,
        show_progress=True,
    )
    frames = frames_of_options(inferencer.predictor, args)
    outputs = {
        name: value
        for name, value in dict(
            out_dir=args.out_dir,
            vis_out_dir=args.vis_out_dir,
            pred_out_dir=args.pred_out_dir,
            rerun_out=args.rerun,
        ).items()
        if value is not None
    }
    if not outputs and not args.show:
        outputs = dict(out_dir='results')
    for _ in inferencer(
        frames,
        batch_size=args.batch_size,
        bboxes=boxes_of_options(args, len(frames)),
        bbox_thr=args.bbox_thr,
        kpt_thr=args.kpt_thr,
        draw_bbox=args.draw_bbox,
        show=args.show,
        wait_time=args.wait_time,
        **outputs,
    ):
        pass
    print('\n'.join(inferencer.report.lines()))
    for path in outputs.values():
        print(f'Results: {path}')
    return inferencer.report.exit_status


if __name__ == '__main__':
    run(main)
