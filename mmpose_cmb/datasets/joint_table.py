"""Joints in a CSV file, one line per person.

Columns: ``image`` (file name), then ``NAME_x`` and ``NAME_y`` (pixels) for
each joint; optionally ``NAME_visible`` (0: not labelled, 1: hidden, 2: seen),
``NAME_X``, ``NAME_Y``, ``NAME_Z`` (metres, camera frame, y down), and
``bbox_x1``, ``bbox_y1``, ``bbox_x2``, ``bbox_y2`` (pixels). A joint with empty
x and y is not labelled. Cells are parted by commas; or by semicolons or tabs,
and then numbers may have decimal commas.
"""

import csv
import io
import os.path as osp
from typing import Dict, Iterable, List, NamedTuple, Optional, Sequence, Tuple

import numpy as np
from mmengine import Config

from ..camera import Camera
from ..depth.depth_io import read_depth
from ..depth.depth_unit import check_frame
from ..formats.depth_coco import coco_annotation, coco_image
from ..formats.joint_names import mirrored_name, side_of
from ..formats.person_record import NOT_FOUND, why_no_person
from ..io.read_text import UTF16_MARKS, read_text
from .label_checks import why_not_in_space

CAMERA_AXES = ('X', 'Y', 'Z')
BOX_COLUMNS = ('bbox_x1', 'bbox_y1', 'bbox_x2', 'bbox_y2')
# Beyond any image, and any room.
MAX_NUMBER = 1e6
COLORS = dict(left=[0, 255, 0], right=[255, 128, 0], middle=[51, 153, 255])


class JointTable(NamedTuple):
    """The content of a table. N persons, K joints.

    Attributes:
        names (List[str]): The joints, K, in the order of the columns.
        images (List[str]): The persons' images, N.
        keypoints (np.ndarray): Pixels, [N, K, 2]; 0 where not labelled.
        visibility (np.ndarray): 0, 1 or 2 as in COCO, int [N, K].
        keypoints_cam (np.ndarray, optional): Metres, y down, [N, K, 3].
        boxes (np.ndarray, optional): x1, y1, x2, y2, pixels, [N, 4].
        lines (List[int]): The persons' lines in the table, N.
    """

    names: List[str]
    images: List[str]
    keypoints: np.ndarray
    visibility: np.ndarray
    keypoints_cam: Optional[np.ndarray]
    boxes: Optional[np.ndarray]
    lines: List[int]


def read_joint_table(path: str) -> JointTable:
    """Read a table.

    Args:
        path (str): The CSV file, with a line of column names.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: Naming file, line and column, and what is wrong.
    """
    if not osp.isfile(path):
        raise FileNotFoundError(f'{path}: no such table of joints')
    columns, lines = _rows(path)
    names = _joint_names(path, columns)
    if not lines:
        raise ValueError(f'{path}: no line after the column names')
    has_cam = any(f'{names[0]}_{axis}' in columns for axis in CAMERA_AXES)
    keypoints, visibility, points, boxes = [], [], [], []
    for line, row in lines:
        where = f'{path}, line {line}'
        if not row['image']:
            raise ValueError(f'{where}: column "image" is empty')
        joints = [_read_joint(where, row, name, has_cam) for name in names]
        keypoints.append([joint[0] for joint in joints])
        visibility.append([joint[1] for joint in joints])
        points.append([joint[2] for joint in joints])
        if BOX_COLUMNS[0] in columns:
            boxes.append([_number(where, row, name) for name in BOX_COLUMNS])
    return JointTable(
        names,
        [row['image'] for _, row in lines],
        np.array(keypoints),
        np.array(visibility),
        np.array(points) if has_cam else None,
        np.array(boxes) if boxes else None,
        [line for line, _ in lines],
    )


def table_to_coco(
    table: JointTable,
    image_dir: str,
    depth_unit_m: float,
    rows: Iterable[int],
    bbox_padding_px: float = 15.0,
    camera: Optional[Camera] = None,
) -> Tuple[List, List]:
    """Images and annotations of a table, in COCO's format.

    Every image is read once, so that a broken one is found now.

    Args:
        table (JointTable): The joints.
        image_dir (str): The folder of the depth images.
        depth_unit_m (float): Metres per stored unit.
        rows (Iterable[int]): Which rows; a progress bar, say.
        bbox_padding_px (float): Margin of a box that the table does not give.
            Defaults to 15.
        camera (Camera, optional): Joints in space are compared with it, and
            with the depth. Defaults to ``None``: they are not.

    Returns:
        tuple[list, list]: Images and annotations.

    Raises:
        FileNotFoundError, ValueError: If an image cannot be read or its unit
            is impossible, or a person has neither a box nor a labelled joint
            or cannot be one of that image; naming image and line.
    """
    images: Dict[str, dict] = {}
    lines: Dict[tuple, int] = {}
    annotations = []
    for row in rows:
        name = table.images[row]
        path = osp.join(image_dir, name)
        if name not in images or camera is not None:
            depth_m = read_depth(path, depth_unit_m)
        if name not in images:
            check_frame(depth_m, depth_unit_m, path)
            images[name] = coco_image(len(images), name, depth_m.shape[1], depth_m.shape[0])
        labelled = table.keypoints[row][table.visibility[row] > 0]
        if table.boxes is not None:
            bbox = table.boxes[row]
        elif len(labelled):
            bbox = np.concatenate(
                [labelled.min(axis=0) - bbox_padding_px, labelled.max(axis=0) + bbox_padding_px]
            )
        else:
            raise ValueError(f'{name}: neither a box nor a labelled joint')
        reason = why_no_person(
            table.keypoints[row],
            table.visibility[row] > 0,
            None if table.boxes is None else bbox,
            images[name]['width'],
            images[name]['height'],
            table.names,
        )
        if reason is None and camera is not None and table.keypoints_cam is not None:
            use = table.visibility[row] > 0
            points = table.keypoints_cam[row][use]
            reason = why_not_in_space(points, table.keypoints[row][use], camera, depth_m)
        person = (name, *np.ravel(table.keypoints[row]), *table.visibility[row])
        if reason is None and len(labelled) and person in lines:
            reason = f'is line {lines[person]} again: the same joints in one image'
        lines[person] = table.lines[row]
        if reason is not None:
            raise ValueError(f'line {table.lines[row]} of the table, {name}: {reason}')
        annotations.append(
            coco_annotation(
                len(annotations),
                images[name]['id'],
                table.keypoints[row],
                table.visibility[row],
                bbox,
                None if table.keypoints_cam is None else table.keypoints_cam[row],
            )
        )
    return list(images.values()), annotations


def make_dataset_info(
    dataset_name: str, names: Sequence[str], links: Sequence[Tuple[str, str]] = ()
) -> dict:
    """A ``dataset_info`` of joints that are known by name alone.

    Which are each other's mirror, :func:`mirrored_name` tells.

    Args:
        dataset_name (str): What the data are called.
        names (Sequence[str]): The joints in order.
        links (Sequence[tuple[str, str]]): Bones, for drawing. Defaults to
            none.

    Raises:
        ValueError: If a name is none or there twice, or a link is no pair or
            names another joint.
    """
    for name in names:
        if not isinstance(name, str) or not name.strip() or list(names).count(name) > 1:
            raise ValueError(
                f'{dataset_name}: joint {name!r}: each joint needs a name of its own, as text'
            )
    for link in links:
        if len(link) != 2:
            raise ValueError(f'link {"-".join(link)}: expected two joints')
        unknown = set(link) - set(names)
        if unknown:
            raise ValueError(
                f'link {"-".join(link)}: no joint '
                f'{", ".join(sorted(unknown))} among '
                f'{", ".join(names)}'
            )
    return dict(
        dataset_name=dataset_name,
        keypoint_info={
            i: dict(
                name=name,
                id=i,
                color=COLORS[side_of(name, names)],
                type='',
                swap=mirrored_name(name, names) or '',
            )
            for i, name in enumerate(names)
        },
        skeleton_info={
            i: dict(link=tuple(link), id=i, color=COLORS[side_of(link[1], names)])
            for i, link in enumerate(links)
        },
        joint_weights=[1.0] * len(names),
        # The middle of COCO's, for OKS only.
        sigmas=[0.07] * len(names),
    )


def dataset_info_text(info: dict) -> str:
    """A ``dataset_info`` as the text of a configuration file."""
    return Config(dict(dataset_info=info)).pretty_text


def _rows(path: str) -> Tuple[List[str], List[Tuple[int, Dict[str, str]]]]:
    """Columns, and the lines with their numbers: a cell for each column."""
    with open(path, 'rb') as file:
        if file.read(2) in UTF16_MARKS:
            raise ValueError(f'{path}: is UTF-16 text; save it as "CSV UTF-8"')
    text = read_text(path)
    first = text.partition('\n')[0]
    delimiter = next((sign for sign in ';\t' if sign in first and ',' not in first), ',')
    rows = csv.DictReader(io.StringIO(text, newline=''), delimiter=delimiter)
    lines = []
    try:
        columns = list(rows.fieldnames or [])
        for column in columns:
            if columns.count(column) > 1:
                raise ValueError(f'{path}, line 1: column "{column}" is there twice')
            if column != column.strip():
                raise ValueError(f'{path}, line 1: column "{column}" has a blank at its end')
        for row in rows:
            # What is too much has the key None, what is missing the value.
            number = len(columns) + len(row.get(None, ())) - list(row.values()).count(None)
            if number != len(columns):
                hint = '; numbers with decimal commas need semicolons between the cells'
                raise ValueError(
                    f'{path}, line {rows.line_num}: {number} cells for {len(columns)} columns'
                    + (hint if number > len(columns) and delimiter == ',' else '')
                )
            if delimiter != ',':
                row = {c: v if c == 'image' else v.replace(',', '.') for c, v in row.items()}
            lines.append((rows.line_num, row))
    except csv.Error as error:
        raise ValueError(f'{path}, line {rows.line_num}: {error}') from error
    return columns, lines


def _joint_names(path: str, columns: Sequence[str]) -> List[str]:
    """Names of the joints, from the columns."""
    names = [c[:-2] for c in columns if c.endswith('_x')]
    if 'image' not in columns or not names:
        raise ValueError(
            f'{path}, line 1: expected the columns "image", "NAME_x" and '
            f'"NAME_y" for each joint, got {", ".join(columns) or "nothing"}'
        )
    has_cam = any(f'{names[0]}_{axis}' in columns for axis in CAMERA_AXES)
    wanted = [f'{name}_y' for name in names]
    if has_cam:
        wanted += [f'{name}_{axis}' for name in names for axis in CAMERA_AXES]
    if BOX_COLUMNS[0] in columns:
        wanted += BOX_COLUMNS
    absent = [column for column in wanted if column not in columns]
    if absent:
        raise ValueError(f'{path}, line 1: no column "{absent[0]}"')
    known = {
        'image',
        *wanted,
        *(f'{name}_x' for name in names),
        *(f'{name}_visible' for name in names),
    }
    unknown = [column for column in columns if column not in known]
    if unknown:
        raise ValueError(
            f'{path}, line 1: column "{unknown[0]}" is none of a joint that has an x and a y'
        )
    return names


def _read_joint(where: str, row: dict, name: str, has_cam: bool):
    """Pixels, visibility and camera coordinates of one joint."""
    if not row[f'{name}_x'] and not row[f'{name}_y']:
        return (0.0, 0.0), 0, (0.0, 0.0, 0.0)
    pixel = [_number(where, row, f'{name}_{axis}') for axis in 'xy']
    visible = row.get(f'{name}_visible') or '2'
    if visible not in ('0', '1', '2'):
        raise ValueError(
            f'{where}: {name}_visible must be 0 (not labelled), '
            f'1 (hidden) or 2 (seen), got {visible!r}'
        )
    if visible != '0' and tuple(pixel) in NOT_FOUND:
        raise ValueError(
            f'{where}: {name} lies at {pixel[0]:g}, {pixel[1]:g}; leave the cells of a joint '
            'that was not found empty'
        )
    point = (
        [_number(where, row, f'{name}_{axis}') for axis in CAMERA_AXES]
        if has_cam
        else (0.0, 0.0, 0.0)
    )
    return pixel, int(visible), point


def _number(where: str, row: dict, column: str) -> float:
    text = row[column] or ''
    try:
        # Python's own 1_000 is no number elsewhere.
        number = np.nan if '_' in text else float(text)
    except ValueError:
        number = np.nan
    if not abs(number) <= MAX_NUMBER:
        raise ValueError(f'{where}: column "{column}" is {row[column]!r}, expected a number')
    return number
