"""From this package's datasets to COCO keypoint files with depth images."""

import os.path as osp
from typing import Iterable

import numpy as np

from ..depth.depth_io import write_depth_png_mm
from ..formats.depth_coco import coco_annotation, coco_image, write_depth_coco
from ..io.kept_files import check_output
from ..io.whole_file import make_folder

MILLIMETRE_M = 0.001


def export_to_coco(dataset, out_dir: str, name: str, indices: Iterable[int]) -> str:
    """Write samples as 16-bit PNG images in millimetres and a COCO file.

    ``OUT_DIR/NAME/00000003.png`` is the image whose ``img_id`` is 3;
    ``OUT_DIR/NAME.json`` is for :class:`DepthCocoDataset` with
    ``data_prefix=dict(img='NAME/')``. The file comes last: where it is, the
    images are.

    Args:
        dataset (BaseCocoStyleDataset): One person per image; its pipeline
            loads the image and does nothing else.
        out_dir (str): Where to; made where it does not exist.
        name (str): Of the split, such as 'train'.
        indices (Iterable[int]): Which samples; a progress bar around
            ``range(len(dataset))``, say.

    Returns:
        str: The annotation file.
    """
    folder = osp.join(out_dir, name)
    path = osp.join(out_dir, f'{name}.json')
    check_output(path)
    make_folder(folder)
    images, annotations = [], []
    for index in indices:
        sample = dataset[index]
        file_name = f'{sample["img_id"]:08d}.png'
        write_depth_png_mm(osp.join(folder, file_name), sample['img'])
        height, width = sample['img'].shape
        camera = {}
        if 'intrinsics' in sample:
            camera['intrinsics'] = [float(x) for x in sample['intrinsics']]
        images.append(coco_image(sample['img_id'], file_name, width, height, **camera))
        annotations.append(_annotation(sample))
    write_depth_coco(path, images, annotations, dataset.metainfo, depth_unit_m=MILLIMETRE_M)
    return path


def _annotation(sample: dict) -> dict:
    """The record of a sample's only person."""
    visible = sample['keypoints_visible'][0]
    # A data set that does not tell hidden joints apart counts them as seen.
    seen = sample['keypoints_seen'][0] if 'keypoints_seen' in sample else (visible)
    visibility = np.where(visible > 0, 1 + (seen > 0), 0)
    cam = sample['keypoints_cam'][0] if 'keypoints_cam' in sample else None
    return coco_annotation(
        sample['id'], sample['img_id'], sample['keypoints'][0], visibility, sample['bbox'][0], cam
    )
