"""Estimate poses in depth files with a config and a checkpoint.

Inputs are PNG, TIFF, NPY, NPZ and HDF5 files, folders and globs. Unit and
intrinsics are taken from camera.json beside the images, or guessed; the
person is found in the depth where no boxes are given.

Exit status: 0 where every input could be read, 1 where some could not (they
are listed at the end), 2 after a mistake in the arguments.
"""
import argparse
import sys
from typing import List, Optional

import numpy as np

from mmpose_cmb.apis import DepthPoseInferencer
from mmpose_cmb.depth.frame_reader import list_frames, select_frames
from mmpose_cmb.engine.mmpose_tool import user_message

MAX_LISTED = 20


def parse_args(argv: Optional[List[str]] = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add('inputs', nargs='+', help='files, folders or globs')
    add('--config', help='or a model\'s name; default: as stored in the '
        'checkpoint')
    add('--checkpoint', required=True)
    add('--out-dir', help='folder for visualizations and predictions')
    add('--vis-out-dir', help='folder for the pictures')
    add('--pred-out-dir', help='folder for the predictions as JSON')
    add('--rerun', metavar='FILE.rrd', help='recording for the Rerun viewer')
    add('--unit-m', type=float, help='metres per stored unit')
    add('--intrinsics', type=float, nargs=4, metavar=('FX', 'FY', 'CX', 'CY'),
        help='of the camera, pixels')
    add('--invalid-values', type=float, nargs='+', default=[0.],
        help='stored values that mean "no measurement"')
    add('--key', help='name of the array in NPZ and HDF5 files')
    add('--frames', metavar='START:STOP:STEP',
        help='of all frames take these, as in a Python slice')
    add('--bbox', type=float, nargs=4, action='append',
        metavar=('X1', 'Y1', 'X2', 'Y2'),
        help='a box in every frame, pixels; may be repeated')
    add('--bbox-file', help='JSON file of a detector')
    add('--bbox-thr', type=float, default=0.3)
    add('--det-model', help='config or name of an MMDetection detector')
    add('--det-weights')
    add('--det-cat-ids', type=int, nargs='+', default=[0])
    add('--device', help='default: a GPU where there is one')
    add('--batch-size', type=int, default=1, help='frames at a time')
    add('--flip-test', action=argparse.BooleanOptionalAction,
        help='default: as the config says')
    add('--no-fold', action='store_true', help='run the network as trained')
    add('--kpt-thr', type=float, default=0.3,
        help='joints with a lower score are not drawn')
    add('--draw-bbox', action='store_true')
    add('--show', action='store_true', help='open a window')
    add('--wait-time', type=float, default=0, help='seconds it stays')
    args = parser.parse_args(argv)
    if args.bbox and args.bbox_file:
        parser.error('give --bbox or --bbox-file, not both')
    return args


def main(args: argparse.Namespace) -> int:
    inferencer = DepthPoseInferencer(
        args.config,
        args.checkpoint,
        device=args.device,
        det_model=args.det_model,
        det_weights=args.det_weights,
        det_cat_ids=args.det_cat_ids,
        fold=not args.no_fold,
        flip_test=args.flip_test,
        show_progress=True)
    frames = select_frames(
        list_frames(args.inputs, args.unit_m, args.intrinsics, args.key,
                    args.invalid_values, inferencer.pipeline.unit_m),
        args.frames)
    options = {
        name: value
        for name, value in dict(
            vis_out_dir=args.vis_out_dir, pred_out_dir=args.pred_out_dir,
            rerun_out=args.rerun).items() if value is not None
    }
    persons = 0
    for result in inferencer(
            frames,
            batch_size=args.batch_size,
            out_dir=args.out_dir,
            bboxes=args.bbox_file or (np.array(args.bbox)[None].repeat(
                len(frames), axis=0) if args.bbox else None),
            bbox_thr=args.bbox_thr,
            kpt_thr=args.kpt_thr,
            draw_bbox=args.draw_bbox,
            show=args.show,
            wait_time=args.wait_time,
            **options):
        persons += sum(len(found) for found in result['predictions'])
    return report(inferencer, len(frames), persons)


def report(inferencer: DepthPoseInferencer, frames: int, persons: int) -> int:
    """Print what was found and what was not; return the exit status."""
    problems = inferencer.problems
    failed = sum(problem.failed for problem in problems)
    print(f'{persons} persons in {frames} frames; {len(problems)} frames '
          f'without a person, {failed} of them unusable')
    for problem in problems[:MAX_LISTED]:
        print(f'    {problem.problem}')
    if len(problems) > MAX_LISTED:
        print(f'    and {len(problems) - MAX_LISTED} more')
    return 1 if failed else 0


if __name__ == '__main__':
    arguments = parse_args()
    try:
        status = main(arguments)
    except (OSError, ValueError, ImportError, RuntimeError) as error:
        message = user_message(error)
        if message is None:
            raise
        print(f'\nerror: {message}', file=sys.stderr)
        status = 2
    sys.exit(status)
