r"""What the memory of a network holds and does (Figure 5 of the paper).

Writes a picture for each block: input feature maps, memory and enhanced maps,
for one or several checkpoints of a training, and prints how much stronger the
response is on the person than beside it, as the mean over all images.

Example:
    python tools/analysis/visualize_memory.py configs/cmb_k2hpd_demo.py \
        work_dirs/demo/epoch_4.pth work_dirs/demo/epoch_8.pth \
        --images data/k2hpd_synthetic/depth_data/depth_images/5000000[0-9].png

The images are some of the config's test set, whose boxes are used: files, or
numbers of its records. The pictures show the first. The silhouette of a
synthetic image (K2HPD's layout) is made anew from the data set's seed and is
exact; of other images it is what is within the person's range of depth, with
some floor and furniture.
"""

import argparse
import os.path as osp

from mmpose_cmb.command_line import (
    add_device,
    add_out_dir,
    add_overwrite,
    input_file,
    positive_int,
    run,
    tool_parser,
)


def parse_args() -> argparse.Namespace:
    parser = tool_parser(__doc__)
    parser.add_argument('config')
    parser.add_argument('checkpoints', nargs='+', type=input_file, metavar='CHECKPOINT')
    parser.add_argument('--images', nargs='+', required=True, metavar='IMAGE')
    add_out_dir(parser, '.', help='for the pictures')
    add_overwrite(parser)
    parser.add_argument(
        '--channels', type=positive_int, default=6, help='rows (default: %(default)s)'
    )
    add_device(parser, 'cpu')
    return parser.parse_args()


def main() -> None:
    args = parse_args()
    from mmpose_cmb.analysis import MemoryStudy
    from mmpose_cmb.drawing import write_image

    study = MemoryStudy(args.config, args.images, args.device)
    for checkpoint in args.checkpoints:
        study.add_checkpoint(checkpoint)
    print(study.table())
    for block, picture in study.pictures(args.channels).items():
        name = f'memory_{block.replace(".", "_")}.png'
        print(write_image(osp.join(args.out_dir, name), picture))


if __name__ == '__main__':
    run(main)
