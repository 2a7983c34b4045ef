"""Make a synthetic depth data set (see docs/synthetic_data.md)."""

# First: Ctrl-C ends the imports that follow, too.
from mmpose_cmb.command_line import add_device, add_out_dir, add_overwrite, positive_int, run

# isort: split
import argparse
import time
from pathlib import Path

from mmpose_cmb import synthesis
from mmpose_cmb.io.kept_files import check_output

DEFAULT_FRAMES = dict(
    k2hpd=dict(train=1200, test=300),
    itop=dict(train=1200, test=300),
    astar=dict(train=435, test=435),
    rooms=dict(train=1200, test=300),
    hands=dict(train=1200, test=300),
)


def parse_args(argv=None):
    parser = argparse.ArgumentParser(
        description='Make synthetic depth frames of people with their '
        'joints. The same command continues an interrupted run.'
    )
    add_out_dir(parser, required=True, help='folder of the data set')
    parser.add_argument(
        '--layout',
        choices=sorted(synthesis.LAYOUTS),
        default='k2hpd',
        help='how the files lie on the disk (default: k2hpd)',
    )
    parser.add_argument('--train', type=int, help='training frames (default: 1200; astar: 435)')
    parser.add_argument('--test', type=int, help='test frames (default: 300; astar: 435)')
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--workers', type=positive_int, default=1, help='processes (default: 1)')
    parser.add_argument(
        '--shard',
        type=parse_shard,
        default=(1, 1),
        metavar='I/N',
        help='make the I-th of N shares, for several machines',
    )
    parser.add_argument(
        '--sensor',
        choices=synthesis.SENSOR_CHOICES,
        help='default: mixed for k2hpd and rooms, structured_light for itop, time_of_flight for '
        'astar; rooms: mixed or active_stereo',
    )
    parser.add_argument(
        '--views',
        nargs='+',
        choices=['side', 'top'],
        help='itop, rooms: cameras, side is the front (default: itop both, rooms side)',
    )
    add_device(parser, 'cpu')
    parser.add_argument('--width', type=int, help='image width, pixels (default: 256)')
    parser.add_argument('--height', type=int, help='image height, pixels (default: 212)')
    parser.add_argument(
        '--fov-deg', type=float, help='horizontal field of view (default: 69.9, Kinect v2)'
    )
    parser.add_argument(
        '--contact-sheet',
        type=parse_picture,
        metavar='PNG',
        help='picture of some frames with their skeletons',
    )
    add_overwrite(parser)
    parser.add_argument(
        '--label-convention',
        choices=['offset_px', 'wrist_mm'],
        help='astar: what the joint files hold (default: offset_px)',
    )
    parser.add_argument(
        '--sequence-length',
        type=int,
        metavar='N',
        help='k2hpd: make motions of N consecutive frames (default: still frames)',
    )
    args = parser.parse_args(argv)
    for split, count in DEFAULT_FRAMES[args.layout].items():
        if getattr(args, split) is None:
            setattr(args, split, count)
    camera = (args.width, args.height, args.fov_deg)
    if any(value is not None for value in camera) and None in camera:
        parser.error('--width, --height and --fov-deg belong together')
    return args


def parse_shard(text):
    try:
        number, of = map(int, text.split('/'))
    except ValueError:
        raise argparse.ArgumentTypeError(f'expected I/N, such as 1/4, got {text!r}') from None
    return number, of


def parse_picture(text):
    if not text.endswith('.png'):
        raise argparse.ArgumentTypeError(f'expected a name that ends in .png, got {text!r}')
    return Path(text)


def recipe(args):
    """What the arguments say of the samples."""
    intrinsics = None
    if args.width is not None:
        intrinsics = synthesis.camera_from_fov(args.width, args.height, args.fov_deg)
    return synthesis.Recipe(
        args.seed,
        intrinsics,
        args.sensor,
        args.device,
        layout=args.layout,
        views=tuple(args.views) if args.views else None,
        label_convention=args.label_convention,
        sequence_length=args.sequence_length,
    )


def main(argv=None):
    args = parse_args(argv)
    if args.contact_sheet:
        check_output(args.contact_sheet)
    begin = time.monotonic()
    counts = dict(train=args.train, test=args.test)
    root = Path(args.out_dir)
    complete = synthesis.generate_dataset(
        root, counts, recipe(args), workers=args.workers, shard=args.shard
    )
    if complete and args.contact_sheet:
        synthesis.draw_dataset(root, recipe(args), counts, args.contact_sheet)
    if not complete:
        print(
            'This share is done. When the other shares have been made into '
            'this folder, or copied into it with their .parts, run the '
            'command without --shard to write the annotations.'
        )
        return
    print(
        f'{args.train} training and {args.test} test frames in {root} '
        f'({time.monotonic() - begin:.0f} s)'
    )
    if args.contact_sheet:
        print(f'contact sheet: {args.contact_sheet}')


if __name__ == '__main__':
    run(main, if_interrupted='the same command continues')
