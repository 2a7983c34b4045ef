"""Poses in depth files with an exported model, without PyTorch.

Writes DIR/predictions/NAME.json, MMPose's format with keypoints_cam beside
it, and DIR/visualizations/NAME.png. A file that cannot be used costs that
file only; the exit status is then 1.

Example:
    python -m mmpose_cmb.runtime end2end.onnx recording/ --out-dir results
    python -m mmpose_cmb.runtime end2end.onnx a.png b.png --unit-m 0.001 \\
        --intrinsics 365.5 365.5 256 212
"""
import argparse
import os.path as osp
import sys
import time
import warnings
from typing import List, Optional

import numpy as np

from ..drawing import write_image
from ..drawing.pose_overlay import draw_poses
from .depth_pose_runtime import DepthPoseRuntime
from .result_files import ResultNames, persons_to_records, write_json


def parse_args(arguments: Optional[List[str]] = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog='python -m mmpose_cmb.runtime',
        description=__doc__,
        formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument('model', help='ONNX file, exported by mmpose_cmb')
    parser.add_argument(
        'inputs',
        nargs='+',
        metavar='input',
        help='PNG, TIFF, NPY, NPZ or HDF5 file, folder, or quoted glob')
    parser.add_argument(
        '--unit-m',
        type=float,
        help='metres per stored unit, 0.001 for millimetres;\n'
        'else as camera.json or the model says, or guessed')
    parser.add_argument(
        '--intrinsics',
        type=float,
        nargs=4,
        metavar=('FX', 'FY', 'CX', 'CY'),
        help='pixels; else as camera.json says. They are\n'
        'needed to find the person and for joints in space')
    parser.add_argument(
        '--bbox',
        type=float,
        nargs=4,
        action='append',
        metavar=('X1', 'Y1', 'X2', 'Y2'),
        help="a person's box in every frame, pixels; may be\n"
        'given several times. Else the person is looked for')
    parser.add_argument('--key', help='array in NPZ and HDF5 files')
    parser.add_argument('--out-dir', default='results')
    parser.add_argument(
        '--no-pictures', action='store_true', help='write JSON alone')
    parser.add_argument(
        '--kpt-thr',
        type=float,
        default=0.3,
        help='joints with a lower score are not drawn; 0.3')
    parser.add_argument('--threads', type=int, help='of ONNX Runtime')
    return parser.parse_args(arguments)


def main(arguments: Optional[List[str]] = None) -> int:
    """Run the command line; returns the exit status."""
    args = parse_args(arguments)
    try:
        runtime = DepthPoseRuntime(args.model, args.threads)
        references = runtime.list_frames(args.inputs, args.unit_m,
                                         args.intrinsics, args.key)
    except (OSError, ValueError) as error:
        print(f'error: {error}', file=sys.stderr)
        return 2
    names, told, failures = ResultNames(), set(), 0
    with warnings.catch_warnings():
        warnings.simplefilter('once')
        warnings.showwarning = lambda message, *_: print(f'note: {message}')
        for reference in references:
            try:
                _run(reference, runtime, names.name(reference.name), args)
            except (OSError, ValueError, ImportError) as error:
                failures += 1
                print(f'error: {error}', file=sys.stderr)
            for note in reference.notes:
                if note not in told:
                    told.add(note)
                    print(f'note: {note}')
    print(f'{len(references) - failures} of {len(references)} frames: '
          f'{args.out_dir}')
    return 1 if failures else 0


def _run(reference, runtime: DepthPoseRuntime, name: str,
         args: argparse.Namespace) -> None:
    """One frame, from its file to the results' files."""
    start = time.perf_counter()
    frame = reference.read()
    boxes = None if args.bbox is None else [np.array(args.bbox)]
    persons, = runtime.estimate([frame], boxes)
    took_ms = 1000 * (time.perf_counter() - start)
    write_json(
        osp.join(args.out_dir, 'predictions', f'{name}.json'),
        persons_to_records(persons))
    if not args.no_pictures:
        write_image(
            osp.join(args.out_dir, 'visualizations', f'{name}.png'),
            draw_poses(
                frame.depth_m,
                persons,
                runtime.skeleton_links,
                runtime.link_colors,
                runtime.keypoint_colors,
                min_score=args.kpt_thr))
    found = {0: 'nobody', 1: '1 person'}.get(
        len(persons), f'{len(persons)} persons')
    print(f'{reference.name}: {found}, {took_ms:.0f} ms')


if __name__ == '__main__':
    sys.exit(main())
