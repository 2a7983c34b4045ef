"""From depth frames to the people in them, whatever runs the network.

Legend: B crops, K joints; H, W height and width of the crop.
"""

from dataclasses import dataclass, field, replace
from typing import Iterator, List, NamedTuple, Optional, Protocol, Sequence, Tuple, Union

import numpy as np

from ..camera import off_middle
from ..depth.blended_holes import blended_with_holes
from ..depth.crop import CropRegion, box_to_region, crop_depth, crop_to_frame, lift
from ..depth.depth_io import depth_to_metres, without_mask
from ..depth.depth_unit import guess_unit_m
from ..depth.frame import DepthFrame, PersonPose
from ..depth.frame_reader import FrameInput, list_frames
from ..depth.frame_reference import FrameReference
from ..depth.person_depth import estimate_person_depth, normalize_depth
from .frame_boxes import ASSUMED_FOV_DEG, Finder, FrameBoxes, frame_boxes
from .given_boxes import BoxesOfFrame, look_for_everybody
from .model_spec import ModelSpec
from .same_person import each_once
from .second_look import second_look

CAMERA_ASSUMED = (
    'the camera is not known: one with a horizontal field of view of '
    f'{ASSUMED_FOV_DEG:g} degrees is assumed to find people with; intrinsics '
    '(fx, fy, cx, cy) or boxes say it better'
)
RESIZED = (
    'the frame was resized as if it were a picture, which mixes holes with the surfaces beside '
    'them: these pixels count as holes; resize depth by the nearest pixel'
)
PIXELS_ALONE = (
    "joints are given in pixels alone: for metres the camera's intrinsics "
    '(fx, fy, cx, cy) are needed'
)
# Of the image's size; of whole images of known sensors it is below 0.08.
MAX_OFF_MIDDLE = 0.1
OFF_MIDDLE = (
    'cx, cy of the intrinsics are far from the middle of the image: right for one that was cut '
    'out of another, else the camera is that of another resolution'
)
NOBODY = 'no person found. If somebody is to be seen, check the unit and the camera'
NOBODY_OF_SIZE = (
    'no person found: nothing has the size of one. If somebody is to be seen, the unit or the '
    'camera are wrong'
)


class Network(Protocol):
    """What runs a model: PyTorch, ONNX Runtime, another backend."""

    def __call__(self, crops: np.ndarray) -> Sequence[np.ndarray]:
        """Joints of the crops.

        Args:
            crops (np.ndarray): float32 ``[B, 1, H, W]``, normalised.

        Returns:
            Sequence[np.ndarray]: Pixels of the crop ``[B, K, 2]``, scores
            ``[B, K]`` and, from a network with joints in space, pixels and
            relative depth ``[B, K, 3]``.
        """


class PersonInput(NamedTuple):
    """One person's crop and the way back to the frame.

    Attributes:
        crop (np.ndarray): float32 ``[H, W]``, normalised.
        region (CropRegion): What of the frame it shows.
        person_depth_m (float): The depth that became 0.
        bbox (np.ndarray): ``[4]``, pixels of the frame.
        bbox_score (float): See ``FrameBoxes``.
    """

    crop: np.ndarray
    region: CropRegion
    person_depth_m: float
    bbox: np.ndarray
    bbox_score: float


@dataclass
class FrameOutcome:
    """What became of one input frame.

    Attributes:
        reference (FrameReference): The input.
        frame (DepthFrame, optional): ``None`` where it could not be read.
        boxes (FrameBoxes, optional): Where people were looked at.
        persons (List[PersonPose]): The people.
        problem (str, optional): Why there is nobody.
        failed (bool): The input is to blame: it cannot be read, or its boxes
            are none.
        notes (List[str]): What was found or assumed, a sentence each.
    """

    reference: FrameReference
    frame: Optional[DepthFrame] = None
    boxes: Optional[FrameBoxes] = None
    persons: List[PersonPose] = field(default_factory=list)
    problem: Optional[str] = None
    failed: bool = False
    notes: List[str] = field(default_factory=list)


def list_model_frames(
    spec: ModelSpec,
    inputs: Union[FrameInput, Sequence[FrameInput]],
    unit_m: Optional[float] = None,
    intrinsics: Optional[Sequence[float]] = None,
    key: Optional[str] = None,
    invalid_values: Optional[Sequence[float]] = None,
    mirror: bool = False,
) -> List[FrameReference]:
    """List the frames of files, folders and arrays; reads none of them.

    Args:
        spec (ModelSpec): Of the model that they are for.
        inputs (FrameInput or list): See
            :func:`mmpose_cmb.depth.frame_reader.list_frames`.
        unit_m (float, optional): Metres per stored unit. Defaults to None: as
            ``camera.json`` or the format says; else by the values; else that
            of the files that the model was tested on.
        intrinsics (Sequence[float], optional): fx, fy, cx, cy, pixels.
        key (str, optional): Name of the array in NPZ and HDF5 files.
        invalid_values (Sequence[float], optional): Stored values that mean
            "no measurement". Defaults to None: the model's.
        mirror (bool): The images are stored mirrored. Defaults to False.
    """
    if invalid_values is None:
        invalid_values = spec.invalid_values
    return list_frames(inputs, unit_m, intrinsics, key, invalid_values, spec.depth_unit_m, mirror)


class PosePredictor:
    """Estimates poses in depth frames.

    Args:
        network (Network): From normalised crops to joints of the crop.
        spec (ModelSpec): What the network's input and output are.
        finder (Finder, optional): Finds people where no boxes are given, such
            as ``PersonFinder``. Defaults to ``None``: one person is looked
            for in the depth.

    Attributes:
        keypoint_names (List[str]): Names of the K joints.
        skeleton_links (List[tuple]): Pairs of joint ids.
        keypoint_colors, link_colors (List[tuple]): RGB.

    Raises:
        ValueError: If parts of the specification cannot be right.
    """

    def __init__(self, network: Network, spec: ModelSpec, finder: Optional[Finder] = None) -> None:
        self.network = network
        self.finder = finder
        self.spec = spec.check()
        self._second_look = second_look(spec, finder)
        self.keypoint_names = spec.skeleton.keypoint_names
        self.skeleton_links = spec.skeleton.links
        self.keypoint_colors = spec.skeleton.keypoint_colors
        self.link_colors = spec.skeleton.link_colors

    def list_frames(
        self,
        inputs: Union[FrameInput, Sequence[FrameInput]],
        unit_m: Optional[float] = None,
        intrinsics: Optional[Sequence[float]] = None,
        key: Optional[str] = None,
        invalid_values: Optional[Sequence[float]] = None,
        mirror: bool = False,
    ) -> List[FrameReference]:
        """List frames by the model's rules: see :func:`list_model_frames`."""
        return list_model_frames(
            self.spec, inputs, unit_m, intrinsics, key, invalid_values, mirror
        )

    def estimate(
        self,
        frames: Sequence[DepthFrame],
        bboxes: Optional[Sequence[Union[None, Sequence, np.ndarray]]] = None,
    ) -> List[List[PersonPose]]:
        """Estimate the poses of all persons in some frames.

        Args:
            frames (Sequence[DepthFrame]): Depth in metres.
            bboxes (Sequence[np.ndarray], optional): For each frame ``[N, 4]``
                (x1, y1, x2, y2, pixels), or ``None``: people are looked
                for. Defaults to ``None``: for all of them.

        Returns:
            List[List[PersonPose]]: The persons of each frame, in the order of
            its boxes; none where nobody was found or no pixel is valid.

        Raises:
            ValueError: If a frame or a box is none, naming the frame.
        """
        if not isinstance(frames, (list, tuple)):
            raise ValueError(
                'estimate takes a list of frames, got one '
                f'{type(frames).__name__}; predict(frame) takes one'
            )
        if bboxes is None:
            bboxes = [None] * len(frames)
        if len(bboxes) != len(frames):
            raise ValueError(
                f'{len(frames)} frames need as many entries of bboxes, got {len(bboxes)}'
            )
        usable = [self.usable(frame) for frame in frames]
        return self._estimate(
            [(frame, self.boxes(frame, given)) for frame, given in zip(usable, bboxes)]
        )

    def predict(
        self, frame: DepthFrame, bboxes: Union[None, Sequence, np.ndarray] = None
    ) -> List[PersonPose]:
        """The persons of one frame.

        Args:
            frame (DepthFrame): Depth in metres.
            bboxes (np.ndarray, optional): ``[N, 4]``, pixels. Defaults to
                ``None``: people are looked for.

        Example::

            frame = DepthFrame(depth_m, intrinsics=(365, 365, 256, 212))
            for person in predictor.predict(frame):
                print(person.joint('head').camera_m)
        """
        (persons,) = self.estimate([frame], [bboxes])
        return persons

    def run(
        self,
        references: Sequence[FrameReference],
        boxes_of: BoxesOfFrame = look_for_everybody,
        batch_size: int = 1,
    ) -> Iterator[List[FrameOutcome]]:
        """Read frames and estimate their poses, batch by batch.

        Nothing raises: a frame that cannot be used has a ``problem``.

        Args:
            references (Sequence[FrameReference]): The frames.
            boxes_of (BoxesOfFrame): See ``given_boxes``.
            batch_size (int): Frames at a time. Defaults to 1.
        """
        for first in range(0, len(references), batch_size):
            batch = references[first : first + batch_size]
            outcomes = [
                self._read(first + i, reference, boxes_of) for i, reference in enumerate(batch)
            ]
            read = [
                (o, o.frame, o.boxes)
                for o in outcomes
                if o.frame is not None and o.boxes is not None
            ]
            found = self._estimate([(frame, boxes) for _, frame, boxes in read])
            for (outcome, frame, boxes), persons in zip(read, found):
                outcome.persons = persons
                if not persons:
                    outcome.problem = _why_nobody(frame, boxes, self.finder is None)
                elif self.spec.space and frame.intrinsics is None:
                    outcome.notes.append(PIXELS_ALONE)
            yield outcomes

    def usable(self, frame: DepthFrame) -> DepthFrame:
        """A frame as the model wants it; the given one is not changed.

        NaN, infinite, negative and masked values become holes (0), and so
        does what lies behind the model's background limit. Floats whose
        middle can be metres in millimetres alone are taken for these. So does
        the rim of holes across which a frame was resized.

        Raises:
            ValueError: If it is no frame, or its depth is neither in metres
                nor in millimetres, naming it.
        """
        return self._usable(frame)[0]

    def _usable(self, frame: DepthFrame) -> Tuple[DepthFrame, bool]:
        """See :meth:`usable`; whether it was resized across its holes."""
        if not isinstance(frame, DepthFrame):
            raise ValueError(
                'expected DepthFrame(depth_m, intrinsics=(fx, fy, cx, cy)) '
                f'with depth in metres, got {type(frame).__name__}; '
                'list_frames reads files and arrays of other units'
            )
        depth_m = without_mask(np.asanyarray(frame.depth_m))
        if depth_m.ndim != 2 or not depth_m.size:
            raise ValueError(
                f'{frame.name}: depth must have the shape [H, W], got {depth_m.shape}'
            )
        if depth_m.dtype.kind != 'f':
            raise ValueError(
                f'{frame.name}: depth_m is {depth_m.dtype} and must be metres '
                'in floating point; list_frames reads stored units'
            )
        try:
            # Every fourth pixel tells the middle as well.
            unit_m = guess_unit_m(depth_m[::4, ::4])
        except ValueError as error:
            raise ValueError(f'{frame.name}: {error}') from error
        depth_m = depth_to_metres(depth_m, unit_m, source=frame.name)
        blended = blended_with_holes(depth_m)
        depth_m[blended] = 0
        if self.spec.background_m is not None:
            depth_m[depth_m > self.spec.background_m] = 0
        return replace(frame, depth_m=depth_m), bool(blended.any())

    def boxes(self, frame: DepthFrame, given: Union[None, Sequence, np.ndarray]) -> FrameBoxes:
        """The boxes of a usable frame; see :func:`frame_boxes`."""
        finder = self.finder if self._second_look is None else self._second_look.propose
        return frame_boxes(frame, given, self.spec.background_m is not None, finder)

    def prepare(self, frame: DepthFrame, boxes: FrameBoxes) -> List[PersonInput]:
        """Crop and normalise the persons of a usable frame.

        Those in whose crop no pixel is valid are left out.
        """
        spec = self.spec
        persons = []
        for bbox, score in zip(boxes.bboxes, boxes.scores):
            region = box_to_region(bbox, spec.input_size, spec.box_padding)
            crop_m = crop_depth(frame.depth_m, region, spec.input_size)
            person_depth_m = estimate_person_depth(crop_m, spec.half_range_m)
            if np.isnan(person_depth_m):
                continue
            crop = normalize_depth(crop_m, person_depth_m, spec.half_range_m, spec.hole_value)
            persons.append(PersonInput(crop, region, person_depth_m, bbox, float(score)))
        return persons

    def _read(
        self, position: int, reference: FrameReference, boxes_of: BoxesOfFrame
    ) -> FrameOutcome:
        """Read one frame and find its boxes; a failure is an outcome."""
        outcome = FrameOutcome(reference)
        try:
            outcome.frame, resized = self._usable(reference.read())
            if resized:
                outcome.notes.append(RESIZED)
            outcome.boxes = self.boxes(outcome.frame, boxes_of(position, outcome.frame))
            if outcome.boxes.camera_assumed:
                outcome.notes.append(CAMERA_ASSUMED)
            elif _is_off_middle(outcome.frame):
                outcome.notes.append(OFF_MIDDLE)
        except (OSError, ValueError, ImportError) as error:
            outcome.problem, outcome.failed = str(error), True
        outcome.notes = list(reference.notes) + outcome.notes
        return outcome

    def _estimate(self, looked: List[Tuple[DepthFrame, FrameBoxes]]) -> List[List[PersonPose]]:
        """Persons of each frame; all crops in one call of the network."""
        prepared = [self.prepare(frame, boxes) for frame, boxes in looked]
        crops = [person.crop for persons in prepared for person in persons]
        if not crops:
            return [[] for _ in looked]
        # Row by row: joints of the crop, scores and, in space, (u, v, depth).
        rows = zip(*self.network(np.stack(crops)[:, None]))
        return [
            self._choose(boxes, [self._finish(person, frame, *next(rows)) for person in persons])
            for (frame, boxes), persons in zip(looked, prepared)
        ]

    def _choose(self, boxes: FrameBoxes, people: List[PersonPose]) -> List[PersonPose]:
        """Who is a person, each once, where boxes are proposals; else everybody."""
        if not boxes.proposed:
            return people
        if self._second_look is not None:
            people = self._second_look.choose(people)
        return each_once(people, [person.bbox_score for person in people])

    def _finish(
        self,
        person: PersonInput,
        frame: DepthFrame,
        keypoints: np.ndarray,
        scores: np.ndarray,
        uvd: Optional[np.ndarray] = None,
    ) -> PersonPose:
        """Bring one person's joints to the frame and the camera."""
        size = self.spec.input_size
        keypoints_cam = None
        if uvd is not None and frame.intrinsics is not None:
            depth_m = uvd[:, 2] * self.spec.half_range_m + person.person_depth_m
            pixels = crop_to_frame(uvd[:, :2], person.region, size)
            keypoints_cam = lift(pixels, depth_m, frame.intrinsics).astype(np.float32)
        pixels = crop_to_frame(keypoints, person.region, size)
        return PersonPose(
            pixels.astype(np.float32),
            scores,
            person.bbox,
            person.bbox_score,
            keypoints_cam,
            self.keypoint_names,
        )


def _why_nobody(frame: DepthFrame, boxes: FrameBoxes, by_size: bool) -> str:
    """Why a frame that could be read has no person."""
    if not frame.depth_m.any():
        return f'{frame.name}: no pixel is valid, the whole frame is holes'
    if len(boxes.bboxes) and not boxes.proposed:
        return f'{frame.name}: no pixel in the boxes is valid'
    return f'{frame.name}: {NOBODY_OF_SIZE if by_size else NOBODY}'


def _is_off_middle(frame: DepthFrame) -> bool:
    if frame.intrinsics is None:
        return False
    height, width = frame.depth_m.shape
    return off_middle(frame.intrinsics, width, height) > MAX_OFF_MIDDLE
