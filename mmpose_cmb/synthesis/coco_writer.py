"""Writes frames as depth images with annotations in COCO's keypoint format.

``ROOT/depth/00000003.png`` holds millimetres in 16 bits, ``ROOT/train.json``
and ``ROOT/test.json`` what ``DepthCocoDataset`` reads: the joints of everybody,
in pixels and in space, and each image's camera.
"""

import json
from pathlib import Path
from typing import Dict, List, Sequence, Tuple

import cv2
import numpy as np

from ..io import write_bytes, write_json
from ..io.array_file import npz_headers
from .contact_sheet import Drawing
from .parts import is_whole_png, read_parts
from .recipe import Recipe
from .room_frame import RoomFrame
from .streams import MOST_FRAMES

_PER_PERSON = ('keypoints_uv', 'keypoints_cam_m', 'visible', 'boxes', 'labelled')


class CocoWriter:
    """Writes frames one by one, then the annotations of all of them.

    A subclass says what a frame is.

    Attributes:
        METAINFO: File of the joints, in ``configs``.
        JOINTS: Their names.
        BONES: Pairs of names.
        MOST_PEOPLE: In a frame.
        DRAWN_M: What a picture draws bright and dark, metres.

    Args:
        root (Path): Folder of the data set; made where it does not exist.
        recipe (Recipe): How samples are made: seed and device.

    Raises:
        ValueError: If the folder was begun with other joints.
    """

    METAINFO: str
    JOINTS: Tuple[str, ...]
    BONES: Tuple[Tuple[str, str], ...]
    MOST_PEOPLE: int
    DRAWN_M: Tuple[float, float]
    SENSORS = ('mixed',)
    MOST_FRAMES = dict(train=MOST_FRAMES, test=MOST_FRAMES)

    def __init__(self, root: Path, recipe: Recipe) -> None:
        self.root = Path(root)
        self.recipe = recipe
        self._check_begun()
        (self.root / 'depth').mkdir(parents=True, exist_ok=True)

    @staticmethod
    def check(recipe: Recipe) -> None:
        """Refuse a recipe: there is nothing to refuse."""

    def frame(self, index: int) -> RoomFrame:
        """Make a frame; a subclass does."""
        raise NotImplementedError

    def make_frame(self, index: int) -> Dict[str, np.ndarray]:
        """Make a frame, write its image and return its labels."""
        frame = self.frame(index)
        done, encoded = cv2.imencode('.png', np.rint(frame.depth_m * 1000).astype(np.uint16))
        assert done
        write_bytes(self._path(index), encoded.tobytes())
        record = dict(people=np.int64(len(frame.boxes)), camera=np.array(frame.intrinsics, float))
        empty = self._empty()
        for name in _PER_PERSON:
            array = getattr(frame, name)
            padded = np.zeros(empty[name].shape[1:], empty[name].dtype)
            padded[: len(array)] = array
            record[name] = padded
        return record

    def has_frame(self, index: int) -> bool:
        """Whether a frame's image is there, and whole."""
        return is_whole_png(self._path(index))

    def finish(self, parts: Dict[str, List[Path]], parameters: dict) -> None:
        """Write the annotations and ``synthesis.json``."""
        for split, paths in parts.items():
            if paths:
                self._write_annotations(split, read_parts(paths, self._empty()))
        write_json(self.root / 'synthesis.json', parameters, 2)

    def drawings(self, rows: Sequence[Tuple[str, int]]) -> List[Drawing]:
        """Frames of a finished data set, for a picture; the first person.

        Args:
            rows (Sequence): Split and number in the split.
        """
        drawings = []
        for split, row in rows:
            content = json.loads((self.root / f'{split}.json').read_text())
            image = content['images'][row]
            depth = cv2.imread(str(self.root / 'depth' / image['file_name']), cv2.IMREAD_UNCHANGED)
            people = [a for a in content['annotations'] if a['image_id'] == image['id']]
            joints = np.array(
                people[0]['keypoints'] if people else np.zeros(3 * len(self.JOINTS))
            ).reshape(-1, 3)
            # One size for all of them.
            scale = 320 / depth.shape[1]
            canvas = np.zeros((288, 320), np.float32)
            resized = cv2.resize(
                depth / np.float32(1000),
                (320, round(depth.shape[0] * scale)),
                interpolation=cv2.INTER_NEAREST,
            )
            canvas[: resized.shape[0]] = resized[:288]
            drawings.append(
                Drawing(
                    canvas,
                    joints[:, :2] * scale,
                    joints[:, 2] == 2,
                    self.JOINTS,
                    self.BONES,
                    self.DRAWN_M,
                )
            )
        return drawings

    def _check_begun(self) -> None:
        """Rooms once had fewer joints; frames of both would be no data set."""
        for part in sorted((self.root / '.parts').glob('*.npz'))[:1]:
            try:
                joints = npz_headers(str(part))['keypoints_uv'].shape[-2]
            except (ValueError, KeyError, IndexError):
                # Damaged: it is made anew.
                return
            if joints != len(self.JOINTS):
                raise ValueError(
                    f'{self.root} was begun with {joints} joints a person, and these frames have '
                    f'{len(self.JOINTS)}. Choose a new folder, or delete this one to start again.'
                )

    def _empty(self) -> Dict[str, np.ndarray]:
        """The labels of no frame."""
        size = 0, self.MOST_PEOPLE
        joints = len(self.JOINTS)
        return dict(
            ids=np.zeros(0, np.int64),
            people=np.zeros(0, np.int64),
            camera=np.zeros((0, 6)),
            keypoints_uv=np.zeros((*size, joints, 2)),
            keypoints_cam_m=np.zeros((*size, joints, 3)),
            visible=np.zeros((*size, joints), bool),
            boxes=np.zeros((*size, 4)),
            labelled=np.zeros(size, bool),
        )

    def _path(self, index: int) -> Path:
        return self.root / 'depth' / f'{index:08d}.png'

    def _write_annotations(self, split: str, labels: Dict[str, np.ndarray]) -> None:
        # The data sets' side needs MMPose, making frames does not.
        from ..datasets.dataset_info import parse_depth_metainfo
        from ..formats.depth_coco import coco_annotation, coco_image, write_depth_coco
        from ..paths import config_path

        images, annotations = [], []
        for row, index in enumerate(labels['ids'].tolist()):
            *intrinsics, width, height = labels['camera'][row].tolist()
            images.append(
                coco_image(
                    index, f'{index:08d}.png', int(width), int(height), intrinsics=intrinsics
                )
            )
            for k in range(labels['people'][row]):
                annotations.append(
                    coco_annotation(
                        len(annotations) + 1,
                        index,
                        labels['keypoints_uv'][row, k],
                        np.where(labels['visible'][row, k], 2, 1),
                        labels['boxes'][row, k],
                        labels['keypoints_cam_m'][row, k],
                        iscrowd=not labels['labelled'][row, k],
                    )
                )
        metainfo = parse_depth_metainfo(dict(from_file=config_path(self.METAINFO)))
        write_depth_coco(
            str(self.root / f'{split}.json'), images, annotations, metainfo, depth_unit_m=0.001
        )
