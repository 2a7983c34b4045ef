"""Which frames a command line asks for, and where people are in them."""

import argparse
from typing import List

import numpy as np

from ..command_line import (
    add_boxes,
    add_detector,
    add_intrinsics,
    add_key,
    add_mirror,
    add_unit_m,
    input_file,
)
from ..depth.frame_reader import select_frames
from ..depth.frame_reference import FrameReference
from .given_boxes import BoxesInput
from .predictor import PosePredictor


def add_frame_options(parser: argparse.ArgumentParser) -> None:
    """The inputs, and what is to be known of them.

    Args:
        parser (ArgumentParser): Gets ``inputs``, ``--unit-m``,
            ``--intrinsics``, ``--invalid-values``, ``--key``, ``--mirror``,
            ``--frames``, ``--bbox``, ``--bbox-file`` and those of
            ``add_detector``.
    """
    add = parser.add_argument
    add(
        'inputs',
        nargs='+',
        metavar='input',
        help='PNG, TIFF, NPY, NPZ, HDF5 or SKDEPTH file, folder, or quoted glob',
    )
    add_unit_m(parser)
    add_intrinsics(
        parser,
        help='else as camera.json says. Joints in metres need them; to find '
        'people a usual camera is assumed without',
    )
    add(
        '--invalid-values',
        type=float,
        nargs='+',
        metavar='V',
        help='stored values that mean "no measurement" (default: the model\'s, 0 nearly always)',
    )
    add_key(parser)
    add_mirror(parser)
    add(
        '--frames',
        metavar='START:STOP:STEP',
        help='of all frames take these, as in a Python slice',
    )
    add_boxes(parser)
    add('--bbox-file', type=input_file, metavar='FILE.json', help='boxes of a detector')
    add_detector(parser)


def frames_of_options(predictor: PosePredictor, args: argparse.Namespace) -> List[FrameReference]:
    """The frames that were asked for.

    Args:
        predictor (PosePredictor): Knows the model's units.
        args (Namespace): Of :func:`add_frame_options`.

    Raises:
        FileNotFoundError, ValueError: If an option does not fit, or nothing
            is found.
    """
    return select_frames(
        predictor.list_frames(
            args.inputs, args.unit_m, args.intrinsics, args.key, args.invalid_values, args.mirror
        ),
        args.frames,
    )


def boxes_of_options(args: argparse.Namespace, number: int) -> BoxesInput:
    """The boxes that were given for each of some frames.

    Raises:
        ValueError: If they are given twice.
    """
    if args.bbox and args.bbox_file:
        raise ValueError('give --bbox or --bbox-file, not both')
    if args.detector and (args.bbox or args.bbox_file):
        raise ValueError('give boxes or --detector, not both')
    return args.bbox_file or (args.bbox and [np.array(args.bbox)] * number)
