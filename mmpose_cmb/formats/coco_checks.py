"""Checks of the records of a COCO keypoint file for depth images."""

from typing import Any, Dict, List, NamedTuple, Optional, Sequence, Tuple

import numpy as np

from ..camera import check_camera_of_image, check_intrinsics
from ..depth.camera_file import check_unit_m
from .person_record import boxes_are_corners, why_no_person

PERSON = 'person'
# Of the joints of a file: more lie outside where the labels are those of
# twice the resolution, less where people are cut off at the waist.
MAX_SHARE_OUTSIDE = 0.5


class BadRecord(NamedTuple):
    """A record that cannot be used: which, and why."""

    record: str
    reason: str

    def __str__(self) -> str:
        return f'{self.record}: {self.reason}'


def check_images(images: List[Any]) -> Tuple[Dict[Any, dict], List[BadRecord]]:
    """The usable images by their id, and the others.

    Args:
        images (List[dict]): With what all images share.
    """
    bad: List[BadRecord] = []
    usable: Dict[Any, dict] = {}
    # Two images of one id, as merged files have them: whose are the labels?
    first: Dict[Any, str] = {}
    for index, image in enumerate(images):
        reason = _why_no_image(image)
        if reason is not None:
            bad.append(BadRecord(_image_name(image, index), reason))
            continue
        key, name = image['id'], image['file_name']
        if key in first:
            usable.pop(key, None)
            bad.append(
                BadRecord(
                    _image_name(image, index),
                    f'its id is that of {first[key]}, too, and the labels of both cannot be told '
                    'apart: number the images anew where files are merged',
                )
            )
            continue
        first[key] = name
        usable[key] = image
    return usable, bad


def check_annotations(
    annotations: List[Any],
    images: Dict[Any, dict],
    unusable: Sequence[Any],
    categories: List[dict],
    names: List[str],
) -> Tuple[List[dict], List[BadRecord], int]:
    """The usable annotations, the others, and how many are no persons.

    Args:
        annotations (List[dict]): As in the file.
        images (dict): The usable images by their id.
        unusable (Sequence): Ids of the others.
        categories (List[dict]): As in the file; may be empty.
        names (List[str]): The K joints.
    """
    persons, known = _person_categories(categories)
    usable, bad, others = [], [], 0
    seen: Dict[Any, int] = {}
    people: Dict[tuple, int] = {}
    for index, annotation in enumerate(annotations):
        name = f'annotations[{index}]'
        if isinstance(annotation, dict):
            name += f' (id {annotation.get("id")})'
        category = annotation.get('category_id') if isinstance(annotation, dict) else None
        if known and category is not None and category in known and category not in persons:
            others += 1
            continue
        reason = _why_no_annotation(annotation, images, unusable, len(names))
        if reason is None and known and category is not None and category not in known:
            reason = f'category_id {category} is not among the categories'
        if reason is None and annotation['id'] in seen:
            reason = f'its id is that of annotations[{seen[annotation["id"]]}], too'
        if reason is None:
            seen[annotation['id']] = index
            reason = _why_no_person(annotation, images[annotation['image_id']], names)
        if reason is None and len(labelled_joints(annotation)):
            person = (annotation['image_id'], *annotation['keypoints'])
            if person in people:
                reason = f'is annotations[{people[person]}] again: the same joints in one image'
            people.setdefault(person, index)
        if reason is None:
            usable.append((name, annotation))
        else:
            bad.append(BadRecord(name, reason))
    corners = _corner_boxes([annotation for _, annotation in usable])
    bad += [BadRecord(usable[i][0], corners[i]) for i in sorted(corners)]
    kept = [annotation for i, (_, annotation) in enumerate(usable) if i not in corners]
    return kept, bad, others


def share_outside(annotations: Sequence[dict], images: Dict[Any, dict]) -> float:
    """Part of all labelled joints that lies outside its image."""
    outside = total = 0
    for annotation in annotations:
        image, joints = images[annotation['image_id']], labelled_joints(annotation)
        side = np.array([image['width'], image['height']])
        outside += int((~((joints >= -0.5) & (joints <= side - 0.5)).all(1)).sum())
        total += len(joints)
    return outside / max(total, 1)


def labelled_joints(annotation: dict) -> np.ndarray:
    """Pixels of the labelled joints, [k, 2]."""
    triples = np.reshape(np.asarray(annotation['keypoints'], np.float64), (-1, 3))
    return triples[triples[:, 2] > 0, :2]


def _image_name(image: Any, index: int) -> str:
    if isinstance(image, dict) and 'id' in image:
        return f'image {image["id"]} ({image.get("file_name")})'
    return f'images[{index}]'


def _why_no_image(image: Any) -> Optional[str]:
    if not isinstance(image, dict):
        return f'expected an object, got {str(image)[:60]}'
    absent = [key for key in ('id', 'file_name', 'width', 'height') if key not in image]
    if absent:
        return f'has no {", ".join(absent)}'
    if not _is_id(image['id']) or not isinstance(image['file_name'], str):
        return 'id must be a number or text, file_name text'
    width, height = image['width'], image['height']
    if not all(_is_count(side) for side in (width, height)):
        return f'width and height are {width} and {height}; expected pixels'
    try:
        check_unit_m(image.get('depth_unit_m'))  # type: ignore[arg-type]
    except ValueError:
        return (
            f'depth_unit_m is {image.get("depth_unit_m", "missing")}; give the metres per '
            'stored unit, 0.001 for millimetres, in the image or at the top of the file'
        )
    try:
        if 'intrinsics' in image:
            check_camera_of_image(check_intrinsics(image['intrinsics']), width, height)
    except ValueError as error:
        return str(error)
    return None


def _is_id(value: Any) -> bool:
    return isinstance(value, (int, str)) and not isinstance(value, bool)


def _is_count(value: Any) -> bool:
    return isinstance(value, (int, float)) and 0 < value < 2**31 and value == int(value)


def _person_categories(categories: List[dict]) -> Tuple[set, set]:
    """Ids of the categories of people, and of all."""
    known = {category.get('id') for category in categories}
    with_joints = {c.get('id') for c in categories if c.get('keypoints')}
    named = {c.get('id') for c in categories if str(c.get('name')).lower() == PERSON}
    return with_joints or named or known, known


def _why_no_annotation(
    annotation: Any, images: Dict[Any, dict], unusable: Sequence[Any], num_keypoints: int
) -> Optional[str]:
    if not isinstance(annotation, dict):
        return f'expected an object, got {str(annotation)[:60]}'
    absent = [key for key in ('id', 'image_id', 'keypoints') if key not in annotation]
    if absent:
        return f'has no {", ".join(absent)}'
    if not all(_is_id(annotation[key]) for key in ('id', 'image_id')):
        return 'id and image_id must be numbers or text'
    image_id = annotation['image_id']
    if image_id not in images:
        what = (
            'is that of an unusable image' if image_id in unusable else 'is not among the images'
        )
        return f'image_id {image_id} {what}'
    for key, max_axes in (('keypoints', 1), ('keypoints_cam', 2)):
        if key in annotation and not are_numbers(annotation[key], 3 * num_keypoints, max_axes):
            return (
                f'{key} must be {3 * num_keypoints} finite numbers in a list, '
                f'3 for each of {num_keypoints} joints'
            )
    if 'keypoints_cam' in annotation and 'intrinsics' not in images[image_id]:
        return 'has keypoints_cam, but its image has no intrinsics'
    if 'bbox' in annotation and not are_numbers(annotation['bbox'], 4):
        return f'bbox must be x, y, w, h in pixels, got {annotation["bbox"]}'
    return None


def _why_no_person(annotation: dict, image: dict, names: List[str]) -> Optional[str]:
    triples = np.reshape(np.asarray(annotation['keypoints'], np.float64), (-1, 3))
    for name, visibility in zip(names, triples[:, 2]):
        if visibility not in (0, 1, 2):
            return (
                f'the visibility of {name} is {visibility:g}; 0 is not labelled, 1 hidden, 2 seen'
            )
    labelled = triples[:, 2] > 0
    if annotation.get('iscrowd') or not labelled.any():
        return None
    bbox = None
    if 'bbox' in annotation:
        x, y, w, h = annotation['bbox']
        bbox = np.array([x, y, x + w, y + h])
    return why_no_person(
        triples[:, :2], labelled, bbox, int(image['width']), int(image['height']), names
    )


def _corner_boxes(annotations: List[dict]) -> Dict[int, str]:
    """Why boxes are no x, y, w, h; by their position, where most are not."""
    boxed = [
        i
        for i, annotation in enumerate(annotations)
        if 'bbox' in annotation and len(labelled_joints(annotation))
    ]
    if not boxed:
        return {}
    boxes = np.array([annotations[i]['bbox'] for i in boxed], np.float64)
    corners = boxes_are_corners(boxes, [labelled_joints(annotations[i]) for i in boxed])
    if corners.mean() <= 0.5:
        return {}
    return {
        i: f'bbox {annotations[i]["bbox"]} seems to be x1, y1, x2, y2; COCO has x, y, w, h'
        for i, is_corner in zip(boxed, corners)
        if is_corner
    }


def are_numbers(values: Any, count: int, max_axes: int = 1) -> bool:
    """Whether these are so many finite numbers, in one list or in lists of lists."""
    try:
        array = np.asarray(values, np.float64)
    except (TypeError, ValueError, OverflowError):
        return False
    return array.size == count and array.ndim <= max_axes and bool(np.isfinite(array).all())
