"""COCO keypoint files for depth images.

Beside what COCO has, ``depth_unit_m`` (metres per stored unit) and
``intrinsics`` (fx, fy, cx, cy in pixels) stand at the top of the file, for
all images, or in single images, where they go before. An annotation may have
``keypoints_cam``: x, y, z of each joint in metres, camera frame, y down.
"""

import os.path as osp
from typing import Any, Collection, List, NamedTuple, Optional, Sequence

import numpy as np

from ..io.read_text import read_json
from ..io.whole_file import write_json
from .coco_checks import (
    MAX_SHARE_OUTSIDE,
    BadRecord,
    check_annotations,
    check_images,
    share_outside,
)

DEPTH_KEYS = ('depth_unit_m', 'intrinsics')


class OtherJointsError(ValueError):
    """A file has other joints than those asked for; ``found`` are their names."""

    def __init__(self, message: str, found: Sequence[str]) -> None:
        super().__init__(message)
        self.found = found


class DepthCoco(NamedTuple):
    """The content of a file after the checks.

    Attributes:
        images (dict): Image id -> image; each has ``depth_unit_m``, and
            ``intrinsics`` where they are known.
        annotations (List[dict]): In the file's order.
        categories (List[dict]): As in the file.
        bad (List[BadRecord]): The records that cannot be used.
        num_others (int): Annotations of other categories than people.
    """

    images: dict
    annotations: List[dict]
    categories: List[dict]
    bad: List[BadRecord]
    num_others: int


def read_depth_coco(path: str, keypoint_names: Sequence[str]) -> DepthCoco:
    """Read and check a file, record by record.

    Args:
        path (str): The JSON file.
        keypoint_names (Sequence[str]): The joints that the annotations must
            have, in order.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: Naming the file, and what is wrong with all of it
            (:class:`OtherJointsError`: it has others).
    """
    if not osp.isfile(path):
        raise FileNotFoundError(f'{path}: no such annotation file')
    content = read_json(path)
    try:
        return _checked(content, list(keypoint_names))
    except OtherJointsError as error:
        raise OtherJointsError(f'{path}: {error}', error.found) from error
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
    iscrowd: bool = False,
) -> dict:
    """A person's record.

    Args:
        annotation_id (int): Number of the record.
        image_id (int): Number of its image.
        keypoints (np.ndarray): Pixels, [K, 2].
        visibility (np.ndarray): 0: not labelled, 1: hidden, 2: seen, [K].
        bbox (np.ndarray): x1, y1, x2, y2 in pixels.
        keypoints_cam (np.ndarray, optional): Metres, y down, [K, 3].
        iscrowd (bool): Whether the person is passed over in training and
            testing, and a box there no mistake. Defaults to False.
    """
    triples = np.column_stack([keypoints, visibility]).astype(np.float64)
    x1, y1, x2, y2 = np.asarray(bbox, np.float64)
    record = dict(
        id=annotation_id,
        image_id=image_id,
        category_id=1,
        iscrowd=int(iscrowd),
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
    categories = content.get('categories', [])
    for key in ('images', 'annotations', 'categories'):
        if not isinstance(content.get(key, []), list):
            raise ValueError(f"{key} is no list; expected COCO's keypoint format")
    for category in categories:
        if not isinstance(category, dict):
            raise ValueError(f'category {str(category)[:60]}: expected an object')
        if category.get('keypoints', names) != names:
            raise OtherJointsError(
                f'category "{category.get("name")}" has the keypoints '
                f'{category["keypoints"]}, the metainfo (dataset_info) has '
                f'{names}',
                category['keypoints'],
            )
    shared = {k: content[k] for k in DEPTH_KEYS if k in content}
    listed = [{**shared, **i} if isinstance(i, dict) else i for i in content['images']]
    images, bad = check_images(listed)
    _all_or_none(images.values(), 'intrinsics', 'images')
    unusable = [i['id'] for i in listed if isinstance(i, dict) and 'id' in i]
    people, bad_people, num_others = check_annotations(
        content['annotations'], images, unusable, categories, names
    )
    _all_or_none(people, 'keypoints_cam', 'annotations')
    share = share_outside(people, images)
    if share > MAX_SHARE_OUTSIDE:
        raise ValueError(
            f'{100 * share:.0f} % of the labelled joints lie outside their images: are they '
            'those of another resolution?'
        )
    return DepthCoco(images, people, categories, bad + bad_people, num_others)


def _all_or_none(records: Collection[dict], key: str, what: str) -> None:
    """A batch cannot mix records with a key and records without it."""
    have = [key in record for record in records]
    if any(have) and not all(have):
        record = [r for r, has in zip(records, have) if not has][0]
        raise ValueError(
            f'{sum(have)} of {len(have)} {what} have {key}, id '
            f'{record["id"]} has none; give it to all or to none'
        )


def _numbers(array: np.ndarray, decimals: int) -> list:
    return np.round(np.asarray(array, np.float64), decimals).ravel().tolist()
