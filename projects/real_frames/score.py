"""Score a network that runs without PyTorch on real frames of several sensors.

With the labels' boxes, or (--find) from the whole frame: nobody tells where the
person is. README.md lists the frames; files that are not there are passed over.

Examples:
    python projects/real_frames/score.py FOLDER --find
    python projects/real_frames/score.py FOLDER --view top --find
"""

from argparse import Namespace
from pathlib import Path
from typing import Callable, Dict, Iterator, List, NamedTuple, Optional

import numpy as np
from evaluate import BOX_MARGIN, INTRINSICS, boxes_around, metres_of_one, names_of_itop
from tabulate import tabulate

from mmpose_cmb.camera import ITOP_CAMERA, Camera
from mmpose_cmb.command_line import add_detector, run, tool_parser
from mmpose_cmb.depth.frame import DepthFrame, PersonPose
from mmpose_cmb.formats.itop import ITOP_JOINTS
from mmpose_cmb.runtime import DepthPoseRuntime

# Joints of Kinect's second SDK that its labels were not checked for.
_UNCHECKED = ('head', 'neck', 'torso')
# Who is labelled with fewer joints is not scored.
_FEWEST_JOINTS = 6
_WITHIN_M = 0.1
_FOUND_IOU = 0.5


class RealSet(NamedTuple):
    """Labelled frames of one sensor; N frames, 15 joints of ITOP.

    Attributes:
        name: What the table calls it.
        depth_m: N images [H, W], metres.
        camera: Of all of them, or None.
        keypoints_px: [N, 15, 2].
        visible: [N, 15] bool, what is scored.
        keypoints_m: [N, 15, 3], y down, metres, NaN where there is none; or
            None.
        other_places: Whether joints are placed as ITOP does not.
    """

    name: str
    depth_m: List[np.ndarray]
    camera: Optional[Camera]
    keypoints_px: np.ndarray
    visible: np.ndarray
    keypoints_m: Optional[np.ndarray]
    other_places: bool


class Scores(NamedTuple):
    """Percent of a set's visible joints, and of its people.

    Attributes:
        pckh: Within half of the labelled head-neck distance.
        pckh_placed: The same, each joint's median offset taken off.
        near: Within 10 cm; NaN without labels in space.
        found: People whose box overlaps that of the label's seen joints, or of
            all, by more than half within the image.
        boxes: Boxes per frame.
        per_joint: PCKh of each joint, placed where that is asked for.
        mean_px: Mean distance from the label of those that are found.
    """

    frames: int
    pckh: float
    pckh_placed: float
    near: float
    found: float
    boxes: float
    per_joint: np.ndarray
    mean_px: float


def parse_args() -> Namespace:
    parser = tool_parser(__doc__)
    parser.add_argument('folder', help='of the .npz files')
    parser.add_argument(
        'model',
        nargs='?',
        help="ONNX file with ITOP's or K2HPD's joints, or a name as body_front_kinect (default: "
        'the one for this view that ships)',
    )
    parser.add_argument(
        '--view', choices=sorted(FILES), default='front', help='where the cameras are'
    )
    parser.add_argument('--find', action='store_true', help='find people, too')
    add_detector(parser)
    parser.add_argument('--joints', action='store_true', help='a column for each joint')
    return parser.parse_args()


def itop_crops(path: Path) -> RealSet:
    """ITOP's frames, cut and rescaled; their labels are those of training."""
    data = np.load(path)
    depth_m = (data['depth01'] * metres_of_one(data)[:, None, None]).astype(np.float32)
    labels_px = data['kpt_crop_xy'].astype(float)
    height, width = depth_m.shape[1:]
    return RealSet(
        path.stem,
        list(depth_m),
        Camera(*INTRINSICS.tolist(), width, height),
        labels_px,
        np.ones(labels_px.shape[:2], bool),
        data['kpt_world_m'] * (1, -1, 1),
        False,
    )


def itop_frame(path: Path) -> RealSet:
    """One whole frame of ITOP."""
    data = np.load(path)
    labels_m = data['gt_world_m'][None] * (1, -1, 1)
    camera = ITOP_CAMERA
    labels_px = labels_m[..., :2] / labels_m[..., 2:] * (camera.fx, camera.fy)
    labels_px = labels_px + (camera.cx, camera.cy)
    depth_m = data['depth_m'].astype(np.float32)
    seen = np.ones((1, 15), bool)
    return RealSet(path.stem, [depth_m], camera, labels_px, seen, labels_m, False)


def other_sensor(path: Path) -> RealSet:
    """Frames in millimetres with ITOP's joints as others place them."""
    data = np.load(path)
    depth_m = data['depth_mm'].astype(np.float32) / 1000
    matrix, camera = data['K'], None
    if matrix.ndim == 2:
        height, width = depth_m.shape[1:]
        focal = (matrix[0, 0], matrix[1, 1], matrix[0, 2], matrix[1, 2])
        camera = Camera(*map(float, focal), width, height)
    visible = data['j15_vis'] == 1
    if 'j15_agree' in data:
        visible &= (data['j15_agree'] == 1) | np.isin(ITOP_JOINTS, _UNCHECKED)
    # Without a head and a neck there is no unit.
    visible &= visible[:, :2].all(1, keepdims=True)
    labels_m = data['j15_3d'] * (1, -1, 1) if 'j15_3d' in data else None
    return RealSet(
        path.stem, list(depth_m), camera, data['j15_2d'].astype(float), visible, labels_m, True
    )


FILES: Dict[str, Dict[str, Callable[[Path], RealSet]]] = {
    'front': {
        'itop_front_real_64.npz': itop_crops,
        'itop_front_raw_02254.npz': itop_frame,
        'real_kinect1_gestures.npz': other_sensor,
        'real_kinect2_kitchens.npz': other_sensor,
        'real_kinect1_living_room.npz': other_sensor,
    },
    'top': {'itop_top_real_64.npz': itop_crops},
}
HEADS = 'real_kinect2_top_heads.npz'
# Of a Kinect v2 whose own figures are not known, pixels.
_HEADS_CAMERA = Camera(366.0, 366.0, 256.0, 212.0, 512, 424)
_HEAD_WITHIN_M = 0.12


def read_sets(folder: Path, view: str = 'front') -> Iterator[RealSet]:
    """The sets of a view whose files are there.

    Raises:
        FileNotFoundError: If none is.
    """
    files = FILES[view]
    there = [name for name in files if (folder / name).is_file()]
    if not there:
        raise FileNotFoundError(f'{folder} holds none of {", ".join(files)}')
    for name in there:
        yield files[name](folder / name)


class Head(NamedTuple):
    """A labelled head: the frame, where it lies, pixels, and how many a metre takes there."""

    frame: DepthFrame
    head_px: np.ndarray
    metre_px: float


def labelled_heads(frames: RealSet) -> Iterator[Head]:
    """The heads of a set that is labelled in space."""
    head = ITOP_JOINTS.index('head')
    for i, depth_m in enumerate(frames.depth_m):
        frame = DepthFrame(depth_m, frames.camera, f'{frames.name}, frame {i}')
        metre_px = frames.camera.fx / frames.keypoints_m[i, head, 2]
        yield Head(frame, frames.keypoints_px[i, head], metre_px)


def heads_alone(path: Path) -> Iterator[Head]:
    """Frames from above of which only heads are labelled."""
    data = np.load(path)
    for i, (depth_mm, label) in enumerate(zip(data['depth_mm'], data['head2d'])):
        depth_m = depth_mm.astype(np.float32) / 1000
        x, y = np.rint(label).astype(int)
        around = depth_m[max(y - 5, 0) : y + 6, max(x - 5, 0) : x + 6]
        frame = DepthFrame(depth_m, _HEADS_CAMERA, f'{path.stem}, frame {i}')
        yield Head(frame, label, _HEADS_CAMERA.fx / np.median(around[around > 0]))


def heads_found(predictor: DepthPoseRuntime, heads: Iterator[Head]) -> np.ndarray:
    """How far the nearest head found is from each label, metres, across the view.

    People are found in the whole frame; infinite where nobody is.
    """
    index = predictor.keypoint_names.index('head')
    off_m = []
    for frame, label, metre_px in heads:
        off_px = [
            np.linalg.norm(person.keypoints[index] - label) for person in predictor.predict(frame)
        ]
        off_m.append(min([*off_px, np.inf]) / metre_px)
    return np.array(off_m)


def overlap(boxes: np.ndarray, box: np.ndarray) -> np.ndarray:
    """Intersection over union of boxes [N, 4] with one box [4]."""
    low, high = np.maximum(boxes[:, :2], box[:2]), np.minimum(boxes[:, 2:], box[2:])
    both = np.maximum(high - low, 0).prod(1)
    areas = (boxes[:, 2:] - boxes[:, :2]).prod(1)
    return both / (areas + (box[2:] - box[:2]).prod() - both)


def inside(boxes: np.ndarray, width: int, height: int) -> np.ndarray:
    """Boxes [N, 4] cut at the image's edge: what is beyond it nobody can find."""
    return boxes.clip(0, (width, height, width, height))


def best_person(persons: List[PersonPose], *boxes: np.ndarray) -> Optional[PersonPose]:
    """Whoever's box overlaps one of the boxes [4] most; None where none does by half."""
    if not persons:
        return None
    found = np.stack([p.bbox for p in persons])
    overlaps = np.max([overlap(found, box) for box in boxes], axis=0)
    best = int(overlaps.argmax())
    return persons[best] if overlaps[best] > _FOUND_IOU else None


def score(predictor: DepthPoseRuntime, frames: RealSet, find: bool) -> Scores:
    """Run a predictor over a set; whoever is not found has no right joint."""
    names = predictor.keypoint_names
    order = [names.index(name) for name in names_of_itop(names)]
    kept = np.flatnonzero(frames.visible.sum(1) >= _FEWEST_JOINTS)
    size = len(kept), len(ITOP_JOINTS)
    pixels, space = np.full((*size, 2), np.nan), np.full((*size, 3), np.nan)
    num_boxes = 0
    for row, i in enumerate(kept):
        frame = DepthFrame(frames.depth_m[i], frames.camera, f'{frames.name}, frame {i}')
        seen = frames.keypoints_px[i][frames.visible[i]]
        height, width = frame.depth_m.shape
        box = boxes_around(seen[None], BOX_MARGIN)[0]
        persons = predictor.predict(frame, None if find else box[None])
        num_boxes += len(persons)
        # Of somebody behind a counter the whole body may be boxed, too.
        whole = boxes_around(frames.keypoints_px[i][None], BOX_MARGIN)[0]
        person = best_person(persons, *inside(np.stack([box, whole]), width, height))
        if person is not None:
            pixels[row] = person.keypoints[order]
            if person.keypoints_cam is not None:
                space[row] = person.keypoints_cam[order]
    labels, visible = frames.keypoints_px[kept], frames.visible[kept]
    head = np.linalg.norm(labels[:, 0] - labels[:, 1], axis=1)
    off = (pixels - labels) / head[:, None, None]
    off[~visible] = np.nan
    placed = off - np.nanmedian(off, axis=0)
    good = np.linalg.norm(off, axis=2) <= 0.5
    good_placed = np.linalg.norm(placed, axis=2) <= 0.5
    near = np.nan
    if frames.keypoints_m is not None:
        labels_m = frames.keypoints_m[kept]
        scored = visible & np.isfinite(labels_m).all(2)
        near = 100 * (np.linalg.norm(space - labels_m, axis=2) < _WITHIN_M)[scored].mean()
    used = good_placed if frames.other_places else good
    distances_px = np.linalg.norm(pixels - labels, axis=2)[visible]
    distances_px = distances_px[np.isfinite(distances_px)]
    return Scores(
        len(kept),
        100 * good[visible].mean(),
        100 * good_placed[visible].mean(),
        near,
        100 * np.isfinite(pixels[:, 0, 0]).mean(),
        num_boxes / len(kept),
        100 * (used & visible).sum(0) / np.maximum(visible.sum(0), 1),
        float(distances_px.mean()) if distances_px.size else np.nan,
    )


def table_row(frames: RealSet, scores: Scores, boxes: str, joints: bool) -> Dict[str, object]:
    """A line of the table."""
    row = {
        'frames': f'{frames.name} ({scores.frames})',
        'boxes': boxes,
        'PCKh@0.5': scores.pckh,
        'placed': scores.pckh_placed if frames.other_places else None,
        '10 cm': scores.near,
        'pixels off': scores.mean_px,
        'found': scores.found,
        'boxes/frame': scores.boxes,
    }
    if joints:
        row.update(zip(ITOP_JOINTS, scores.per_joint.round().astype(int)))
    return row


def main() -> None:
    args = parse_args()
    predictor = DepthPoseRuntime(
        args.model or f'body_{args.view}', detector=args.detector, bbox_thr=args.bbox_thr
    )
    folder, rows = Path(args.folder), []
    for frames in read_sets(folder, args.view):
        for find in (False, True)[: 1 + args.find]:
            scores = score(predictor, frames, find)
            rows.append(table_row(frames, scores, 'found' if find else 'labels', args.joints))
    print(tabulate(rows, headers='keys', floatfmt='.1f'))
    if args.view == 'top' and args.find:
        heads = {frames.name: labelled_heads(frames) for frames in read_sets(folder, args.view)}
        if (folder / HEADS).is_file():
            heads[Path(HEADS).stem] = heads_alone(folder / HEADS)
        for name, labels in heads.items():
            near = heads_found(predictor, labels) < _HEAD_WITHIN_M
            within = f'within {100 * _HEAD_WITHIN_M:.0f} cm'
            print(f'{name}: {near.sum()} of {len(near)} heads {within}, without boxes')


if __name__ == '__main__':
    run(main)
