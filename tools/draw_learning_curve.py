"""Draw the losses and the validation metrics of a training.

Example:
    python tools/draw_learning_curve.py work_dirs/demo --out curve.png
"""

from mmpose_cmb.command_line import add_overwrite, run, tool_parser


def main() -> None:
    parser = tool_parser(__doc__)
    parser.add_argument('work_dir')
    parser.add_argument(
        '--out', metavar='FILE.png', help='default: learning_curve.png in work_dir'
    )
    add_overwrite(parser)
    args = parser.parse_args()
    from mmpose_cmb.visualization import draw_learning_curve

    print(draw_learning_curve(args.work_dir, args.out))


if __name__ == '__main__':
    run(main)
