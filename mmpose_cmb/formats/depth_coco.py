"""COCO keypoint files for depth images.

Beside what COCO has, ``depth_unit_m`` (metres per stored unit) and
``intrinsics`` (fx, fy, cx, cy in pixels) stand at the top of the file, for
all images, or in single images, where they go before. An annotation may have
``keypoints_cam``: x, y, z of each joint in metres, camera frame, y down.
"""

import os.path as osp
from typing import Any, Collection, List, NamedTuple, Optional, Sequence

import numpy as np

from ..camera import check_intrinsics
from ..io.read_text import read_json
from ..io.whole_file import write_json

DEPTH_KEYS = ('depth_unit_m', 'intrinsics')


class DepthCoco(NamedTuple):
    """The content of a file after the checks.

    Attributes:
        images (dict): Image id -> image; each has ``depth_unit_m``, and
            ``intrinsics`` where they are known.
        annotations (List[dict]): In the file's order.
        categories (List[dict]): As in the file.
    """

    images: dict
    annotations: List[dict]
    categories: List[dict]


def read_depth_coco(path: str, keypoint_names: Sequence[str]) -> DepthCoco:
    """Read and check a file.

    Args:
        path (str): The JSON file.
        keypoint_names (Sequence[str]): The joints that the annotations must
            have, in order.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: Naming file, image or annotation, and what is wrong.
    """
    if not osp.isfile(path):
        raise FileNotFoundError(f'{path}: no such annotation file')
    content = read_json(path)
    try:
        return _checked(content, list(keypoint_names))
    except ValueError as error:
        raise ValueError(f'{path}: {error}') from error


def write_depth_coco(
    path: str, images: List[dict], annotations: List[dict], metainfo: dict, **shared: Any
) -> None:
    """Write a file; it appears whole or not at all.

    Args:
        path (str): Where to.
        images (List[dict]): See :func:`coco_image`.
        annotations (List[dict]): See :func:`coco_annotation`.
        metainfo (dict): A dataset's, for the names and the skeleton.
        **shared: ``depth_unit_m``, ``intrinsics`` of all images.
    """
    names = [metainfo['keypoint_id2name'][i] for i in range(metainfo['num_keypoints'])]
    category = dict(
        id=1,
        name='person',
        keypoints=names,
        # COCO counts the ends of its links from 1.
        skeleton=[[a + 1, b + 1] for a, b in metainfo['skeleton_links']],
    )
    content = dict(shared, images=images, annotations=annotations, categories=[category])
    write_json(path, content)


def coco_image(image_id: int, file_name: str, width: int, height: int, **depth: Any) -> dict:
    """An image's record; ``depth_unit_m``, ``intrinsics`` where it has some."""
    return dict(id=image_id, file_name=file_name, width=width, height=height, **depth)


def coco_annotation(
    annotation_id: int,
    image_id: int,
    keypoints: np.ndarray,
    visibility: np.ndarray,
    bbox: np.ndarray,
    keypoints_cam: Optional[np.ndarray] = None,
) -> dict:
    """A person's record.

    Args:
        annotation_id (int): Number of the record.
        image_id (int): Number of its image.
        keypoints (np.ndarray): Pixels, [K, 2].
        visibility (np.ndarray): 0: not labelled, 1: hidden, 2: seen, [K].
        bbox (np.ndarray): x1, y1, x2, y2 in pixels.
        keypoints_cam (np.ndarray, optional): Metres, y down, [K, 3].
    """
    triples = np.column_stack([keypoints, visibility]).astype(np.float64)
    x1, y1, x2, y2 = np.asarray(bbox, np.float64)
    record = dict(
        id=annotation_id,
        image_id=image_id,
        category_id=1,
        iscrowd=0,
        keypoints=_numbers(triples, 3),
        num_keypoints=int((np.asarray(visibility) > 0).sum()),
        bbox=_numbers(np.array([x1, y1, x2 - x1, y2 - y1]), 3),
        area=round(float((x2 - x1) * (y2 - y1)), 3),
    )
    if keypoints_cam is not None:
        # A tenth of a millimetre.
        record['keypoints_cam'] = _numbers(keypoints_cam, 4)
    return record


def _checked(content: Any, names: List[str]) -> DepthCoco:
    absent = {'images', 'annotations'} - set(content if isinstance(content, dict) else ())
    if absent:
        raise ValueError(f"no {' and no '.join(sorted(absent))}; expected COCO's keypoint format")
    images = {}
    for index, image in enumerate(content['images']):
        shared = {k: content[k] for k in DEPTH_KEYS if k in content}
        images[image.get('id')] = _checked_image({**shared, **image}, index)
    _all_or_none(images.values(), 'intrinsics', 'images')
    categories = content.get('categories', [])
    for category in categories:
        if category.get('keypoints', names) != names:
            raise ValueError(
                f'category "{category.get("name")}" has the keypoints '
                f'{category["keypoints"]}, the metainfo (dataset_info) has '
                f'{names}'
            )
    for index, annotation in enumerate(content['annotations']):
        _check_annotation(annotation, index, images, len(names))
    _all_or_none(content['annotations'], 'keypoints_cam', 'annotations')
    return DepthCoco(images, content['annotations'], categories)


def _checked_image(image: dict, index: int) -> dict:
    absent = [key for key in ('id', 'file_name', 'width', 'height')
              if key not in image]  # yapf: disable
    if absent:
        raise ValueError(f'images[{index}] has no {", ".join(absent)}')
    if not _are_positive([image.get('depth_unit_m')], 1):
        raise ValueError(
            f'image {image["id"]} ({image["file_name"]}): depth_unit_m is '
            f'{image.get("depth_unit_m", "missing")}; give the metres per '
            'stored unit, 0.001 for millimetres, in the image or at the top '
            'of the file'
        )
    if 'intrinsics' in image:
        try:
            check_intrinsics(image['intrinsics'])
        except ValueError as error:
            raise ValueError(f'image {image["id"]} ({image["file_name"]}): {error}') from error
    return image


def _check_annotation(annotation: dict, index: int, images: dict, num_keypoints: int) -> None:
    name = f'annotations[{index}] (id {annotation.get("id")})'
    absent = [key for key in ('id', 'image_id', 'keypoints')
              if key not in annotation]  # yapf: disable
    if absent:
        raise ValueError(f'{name} has no {", ".join(absent)}')
    if annotation['image_id'] not in images:
        raise ValueError(f'{name}: image_id {annotation["image_id"]} is not among the images')
    for key in ('keypoints', 'keypoints_cam'):
        if key in annotation and not _are_numbers(annotation[key], 3 * num_keypoints):
            raise ValueError(
                f'{name}: {key} must be {3 * num_keypoints} finite numbers, '
                f'3 for each of {num_keypoints} joints'
            )
    if 'keypoints_cam' in annotation and 'intrinsics' not in images[annotation['image_id']]:
        raise ValueError(f'{name} has keypoints_cam, but its image has no intrinsics')
    if 'bbox' in annotation and not _are_numbers(annotation['bbox'], 4):
        raise ValueError(f'{name}: bbox must be x, y, w, h in pixels, got {annotation["bbox"]}')


def _all_or_none(records: Collection[dict], key: str, what: str) -> None:
    """A batch cannot mix records with a key and records without it."""
    have = [key in record for record in records]
    if any(have) and not all(have):
        record = [r for r, has in zip(records, have) if not has][0]
        raise ValueError(
            f'{sum(have)} of {len(have)} {what} have {key}, id '
            f'{record["id"]} has none; give it to all or to none'
        )


def _are_numbers(values: Any, count: int) -> bool:
    try:
        array = np.asarray(values, np.float64)
    except (TypeError, ValueError):
        return False
    return array.size == count and bool(np.isfinite(array).all())


def _are_positive(values: Any, count: int) -> bool:
    return _are_numbers(values, count) and min(values) > 0


def _numbers(array: np.ndarray, decimals: int) -> list:
    return np.round(np.asarray(array, np.float64), decimals).ravel().tolist()
