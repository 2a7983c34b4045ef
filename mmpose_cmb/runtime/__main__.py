"""Poses in depth files with an exported or the shipped model, without PyTorch.

Writes DIR/predictions/NAME.json and summary.json, and
DIR/visualizations/NAME.png. A file that cannot be used costs that file only.

Exit status: 0 where every input could be read, 1 where some could not, 2
after a mistake in the arguments.

Example:
    python -m mmpose_cmb.runtime recording/
    python -m mmpose_cmb.runtime end2end.onnx recording/ --out-dir results
    python -m mmpose_cmb.runtime end2end.onnx a.png b.png --unit-m 0.001 \\
        --intrinsics 365.5 365.5 256 212
"""

import argparse
import os.path as osp
from typing import List, Optional

from ..command_line import (
    add_kpt_thr,
    add_out_dir,
    add_overwrite,
    add_provider,
    add_threads,
    input_file,
    run,
    tool_parser,
)
from ..drawing import write_image
from ..drawing.pose_overlay import draw_poses
from ..pose.frame_options import add_frame_options, boxes_of_options, frames_of_options
from ..pose.given_boxes import given_boxes
from ..pose.predictor import FrameOutcome
from ..pose.result_files import FileNames, PredictionWriter, check_result_files
from ..pose.run_report import RunReport
from .depth_pose_runtime import DepthPoseRuntime


def parse_args(arguments: Optional[List[str]] = None) -> argparse.Namespace:
    parser = tool_parser(__doc__, prog='python -m mmpose_cmb.runtime')
    parser.add_argument(
        '--model',
        type=input_file,
        metavar='FILE.onnx',
        help='exported by mmpose_cmb, or body_top, for people seen from above, or hand, for one '
        "that is held out, or body_front_kinect, for Kinect v2's joints; a file may also stand "
        'before the inputs (default: body_front, which comes with the package, too)',
    )
    add_frame_options(parser)
    add_out_dir(parser, default='results')
    add_overwrite(parser)
    parser.add_argument('--no-pictures', action='store_true', help='write JSON alone')
    add_kpt_thr(parser)
    add_threads(parser, 'the network', 'one for each core but one')
    add_provider(parser)
    args = parser.parse_args(arguments)
    if args.model is None and args.inputs[0].endswith('.onnx'):
        args.model = input_file(args.inputs.pop(0))
        if not args.inputs:
            parser.error('which frames? give files, folders or globs')
    return args


def main(arguments: Optional[List[str]] = None) -> int:
    """Run the command line; returns the exit status."""
    args = parse_args(arguments)
    runtime = DepthPoseRuntime.of_options(args)
    references = frames_of_options(runtime, args)
    boxes_of = given_boxes(boxes_of_options(args, len(references)), references, args.bbox_thr)
    names = FileNames()
    pred_dir = osp.join(args.out_dir, 'predictions')
    vis_dir = None if args.no_pictures else osp.join(args.out_dir, 'visualizations')
    check_result_files(references, names, pred_dir, vis_dir)
    report = RunReport(lambda note: print(f'note: {note}'))
    writer = PredictionWriter(pred_dir, names, runtime.spec.skeleton)
    try:
        for (outcome,) in runtime.run(references, boxes_of):
            writer.add(outcome)
            report.add(outcome)
            if not (args.no_pictures or outcome.failed):
                _draw(outcome, runtime, names, args)
    finally:
        # Also where the user ends it: what there is, is written.
        writer.close()
    print('\n'.join(report.lines()))
    print(f'Results: {args.out_dir}')
    return report.exit_status


def _draw(
    outcome: FrameOutcome, runtime: DepthPoseRuntime, names: FileNames, args: argparse.Namespace
) -> None:
    name = f'{names.stem_of_record(outcome.reference)}.png'
    write_image(
        osp.join(args.out_dir, 'visualizations', name),
        draw_poses(
            outcome.frame.depth_m,
            outcome.persons,
            runtime.skeleton_links,
            runtime.link_colors,
            runtime.keypoint_colors,
            min_score=args.kpt_thr,
        ),
    )


if __name__ == '__main__':
    run(main)
