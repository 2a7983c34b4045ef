"""Draw the losses and the validation metrics of a training.

Example:
    python tools/draw_learning_curve.py work_dirs/demo --out curve.png
"""
import argparse
import sys

from mmpose_cmb.visualization import draw_learning_curve


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument('work_dir')
    parser.add_argument(
        '--out', help='PNG; default: learning_curve.png in work_dir')
    args = parser.parse_args()
    try:
        print(draw_learning_curve(args.work_dir, args.out))
    except (OSError, ValueError) as error:
        sys.exit(f'error: {error}')


if __name__ == '__main__':
    main()
