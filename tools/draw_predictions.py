"""Draw predictions that tools/test.py has dumped, as one contact sheet.

Frames are taken evenly from the file. The ground truth is thin and white.

Example:
    python tools/test.py CONFIG CHECKPOINT --dump predictions.json
    python tools/draw_predictions.py CONFIG predictions.json sheet.png
"""

import argparse

from mmpose_cmb.command_line import add_overwrite, input_file, positive_int, run, tool_parser
from mmpose_cmb.io.kept_files import check_output


def parse_args() -> argparse.Namespace:
    parser = tool_parser(__doc__)
    parser.add_argument('config')
    parser.add_argument('dump', type=input_file, help='.json of tools/test.py --dump')
    parser.add_argument('out', help='PNG to write')
    add_overwrite(parser)
    parser.add_argument('--num', type=positive_int, default=32, help='frames drawn (default: 32)')
    parser.add_argument(
        '--columns', type=positive_int, default=8, help='frames in a row (default: 8)'
    )
    return parser.parse_args()


def to_picture(frame, load):
    """The first person of a dumped frame, with the depth read by the config's loader."""
    from mmpose_cmb.visualization import PredictionFrame

    return PredictionFrame(
        load(frame.image)['img'],
        frame.keypoints[0],
        frame.labels[0],
        box_xyxy=tuple(frame.bboxes[0]),
    )


def main() -> None:
    args = parse_args()
    check_output(args.out)
    import mmpose_cmb.register  # noqa: F401,I001 (first: prepares the stack)
    from mmengine.registry import init_default_scope
    from tqdm import tqdm

    from mmpose.registry import DATASETS, TRANSFORMS
    from mmpose_cmb.datasets.sample_trace import spread_indices
    from mmpose_cmb.engine.tool_config import read_config
    from mmpose_cmb.evaluation.prediction_dump import read_dump
    from mmpose_cmb.visualization import prediction_sheet, write_image

    frames = read_dump(args.dump)
    cfg = read_config(args.config, needed=['test_dataloader'])
    init_default_scope(cfg.default_scope)
    dataset_cfg = cfg.test_dataloader.dataset
    load = TRANSFORMS.build(dataset_cfg.pipeline[0])
    meta = DATASETS.build(dict(dataset_cfg, lazy_init=True)).metainfo

    frames = [frames[i] for i in spread_indices(len(frames), args.num)]
    pictures = [to_picture(frame, load) for frame in tqdm(frames, desc='draw')]
    sheet = prediction_sheet(
        pictures, meta['skeleton_links'], meta['skeleton_link_colors'], columns=args.columns
    )
    print(write_image(args.out, sheet))


if __name__ == '__main__':
    run(main)
