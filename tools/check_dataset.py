"""List every bad sample of a data set, before a training starts.

SOURCE is a config, whose training, validation and test data are looked at, or
an annotation file in COCO's form (docs/datasets_3d.md). Every record is
checked and every image read; each bad one is a line with its file, its record
and the reason.

Exit status: 0 where all samples can be used, 1 where some cannot, 2 after a
mistake in the arguments.

Examples:
    python tools/check_dataset.py mine.py
    python tools/check_dataset.py train.json --image-dir frames
"""

import argparse
import os.path as osp
from typing import Dict, Iterator, List

from mmpose_cmb.command_line import DONE, SOME_UNUSABLE, add_cfg_options, run, tool_parser
from mmpose_cmb.words import counted

SPLITS = ('train', 'val', 'test')


def parse_args() -> argparse.Namespace:
    parser = tool_parser(__doc__)
    parser.add_argument('source', metavar='SOURCE', help='config, or annotation file (.json)')
    parser.add_argument(
        '--splits', nargs='+', choices=SPLITS, default=SPLITS, help='of a config (default: all)'
    )
    parser.add_argument(
        '--image-dir',
        metavar='DIR',
        help="images of an annotation file (default: the file's folder)",
    )
    add_cfg_options(parser)
    return parser.parse_args()


def datasets_of_file(path: str, image_dir: str) -> Dict[str, dict]:
    """The data set of an annotation file, whose joints are its categories'."""
    from mmpose_cmb.datasets.joint_table import make_dataset_info
    from mmpose_cmb.io.read_text import read_json

    content = read_json(path)
    categories = content.get('categories', []) if isinstance(content, dict) else []
    names = next((c['keypoints'] for c in categories if c.get('keypoints')), None)
    if names is None:
        raise ValueError(f'{path}: none of its categories names keypoints; check it by a config')
    dataset = dict(
        type='DepthCocoDataset',
        ann_file=path,
        data_prefix=dict(img=image_dir),
        metainfo=make_dataset_info(osp.basename(path), names),
        pipeline=[dict(type='LoadDepthImage')],
    )
    return {osp.basename(path): dataset}


def datasets_of_config(args: argparse.Namespace) -> Dict[str, dict]:
    """Each data set of a config once, by the splits that use it."""
    from mmpose_cmb.engine.tool_config import read_config

    config = read_config(args.source, args.cfg_options)
    found: Dict[str, dict] = {}
    for split in args.splits:
        loader = config.get(f'{split}_dataloader')
        for dataset in _inner(loader.dataset) if loader else ():
            same = [name for name, other in found.items() if other == dataset]
            name = f'{same[0]}, {split}' if same else split
            while name in found:
                name += "'"
            found[name] = found.pop(same[0]) if same else dataset
    if not found:
        raise ValueError(f'{args.source}: no data set of {", ".join(args.splits)}')
    return found


def _inner(dataset: dict) -> Iterator[dict]:
    """The data sets inside of wrappers such as CombinedDataset."""
    inner: List[dict] = dataset.get('datasets') or [dataset.get('dataset')]
    if inner == [None]:
        yield dataset
    else:
        for one in inner:
            yield from _inner(one)


def main() -> int:
    args = parse_args()
    import mmpose_cmb.register  # noqa: F401,I001 (first: prepares the stack)
    from mmengine.registry import init_default_scope

    from mmpose.registry import DATASETS
    from mmpose_cmb.datasets import DepthDataset
    from mmpose_cmb.datasets.labels_on_people import labels_off_people
    from mmpose_cmb.datasets.sides import exchanged_sides

    init_default_scope('mmpose')
    if args.source.endswith('.json'):
        configs = datasets_of_file(args.source, args.image_dir or osp.dirname(args.source))
    else:
        configs = datasets_of_config(args)
    status = DONE
    for name, config in configs.items():
        dataset = DATASETS.build(dict(config, lazy_init=True))
        if not isinstance(dataset, DepthDataset):
            raise ValueError(f'{name}: {type(dataset).__name__} is no data set of this project')
        why = dataset.find_bad()
        for bad in dataset.bad_samples:
            print(f'{name}: {bad}')
        if why is not None and not dataset.bad_samples:
            print(f'{name}: {why}')
        for doubts in (labels_off_people, exchanged_sides) if why is None else ():
            doubt = doubts(dataset)
            if doubt is not None:
                print(f'{name}: warning: {doubt}')
        good = 0 if why is not None else len(dataset)
        number = len(dataset.bad_samples)
        print(f'{name}: {counted(good, "good sample")}, {counted(number, "bad one")}')
        if number or why is not None:
            status = SOME_UNUSABLE
    return status


if __name__ == '__main__':
    run(main)
