"""What a model says of its input and its output, all but the network."""

from typing import Any, Dict, List, NamedTuple, Optional, Tuple

from .file_metadata import JOINTS, check_parts, metadata_text, parse_metadata

Color = Tuple[int, int, int]


class SkeletonSpec(NamedTuple):
    """The joints of the data set that the model was trained on.

    Attributes:
        name (str): The data set's.
        keypoint_names (List[str]): K names.
        flip_indices (List[int]): What each joint becomes in a mirror.
        links (List[Tuple[int, int]]): Pairs of joint ids.
        keypoint_colors (List[Tuple[int, int, int]]): RGB of each joint.
        link_colors (List[Tuple[int, int, int]]): RGB of each link.
    """

    name: str
    keypoint_names: List[str]
    flip_indices: List[int]
    links: List[Tuple[int, int]]
    keypoint_colors: List[Color]
    link_colors: List[Color]


class ModelSpec(NamedTuple):
    """How the input is prepared and what the output means.

    Attributes:
        input_size (Tuple[int, int]): Width and height of the crop, pixels.
        box_padding (float): Factor on the box's sides.
        half_range_m (float): Metres of depth that become 1.
        hole_value (float): What invalid pixels become.
        depth_unit_m (float, optional): Metres per stored unit of the files
            that the model was tested on; taken where nothing else tells the
            unit of a file.
        invalid_values (Tuple[float, ...]): Stored values that mean "no
            measurement".
        background_m (float, optional): What lies farther away is cut off.
        flip_test (bool): The network runs the mirrored crop, too.
        space (bool): The network gives joints in space.
        calibrated (bool): Scores are the probability that a joint is right, and
            not heights of heat maps.
        skeleton (SkeletonSpec): The joints.
    """

    input_size: Tuple[int, int]
    box_padding: float
    half_range_m: float
    hole_value: float
    depth_unit_m: Optional[float]
    invalid_values: Tuple[float, ...]
    background_m: Optional[float]
    flip_test: bool
    space: bool
    calibrated: bool
    skeleton: SkeletonSpec

    @property
    def output_shapes(self) -> Dict[str, Tuple[int, ...]]:
        """Of the outputs that joints are made of, in order, without the batch.

        Heat maps are not among them, so they need not leave the device.
        """
        joints = len(self.skeleton.keypoint_names)
        shapes: Dict[str, Tuple[int, ...]] = dict(keypoints=(joints, 2), scores=(joints,))
        if self.space:
            shapes['keypoints_uvd'] = (joints, 3)
        return shapes

    def check(self) -> 'ModelSpec':
        """Return the specification, if its parts can be right.

        Raises:
            ValueError: Naming the parts that cannot.
        """
        check_parts(_fits(self))
        return self

    def to_json(self) -> str:
        """The text that exported files hold; see :func:`parse_spec`."""
        data = self._asdict()
        skeleton = data.pop('skeleton')._asdict()
        skeleton['keypoints'] = skeleton.pop('keypoint_names')
        return metadata_text(JOINTS, dict(data, dataset=skeleton))


def parse_spec(text: Optional[str], path: str) -> ModelSpec:
    """Read and check the metadata of an exported file.

    Args:
        text (str, optional): JSON, the file's property ``mmpose_cmb``;
            ``None`` where the file has none.
        path (str): The file, for error messages.

    Raises:
        ValueError: See :func:`parse_metadata`.
    """
    return parse_metadata(text, path, JOINTS, _spec)


def _spec(data: Dict[str, Any]) -> ModelSpec:
    dataset = data['dataset']
    optional = {
        name: None if data[name] is None else float(data[name])
        for name in ('depth_unit_m', 'background_m')
    }
    width, height = data['input_size']
    return ModelSpec(
        input_size=(int(width), int(height)),
        box_padding=float(data['box_padding']),
        half_range_m=float(data['half_range_m']),
        hole_value=float(data['hole_value']),
        invalid_values=tuple(float(v) for v in data['invalid_values']),
        flip_test=bool(data['flip_test']),
        space=bool(data['space']),
        # Older files do not say.
        calibrated=bool(data.get('calibrated', False)),
        skeleton=SkeletonSpec(
            name=str(dataset['name']),
            keypoint_names=[str(name) for name in dataset['keypoints']],
            flip_indices=[int(i) for i in dataset['flip_indices']],
            links=[(int(a), int(b)) for a, b in dataset['links']],
            keypoint_colors=_colors(dataset['keypoint_colors']),
            link_colors=_colors(dataset['link_colors']),
        ),
        **optional,
    ).check()


def _colors(rows: list) -> List[Color]:
    return [(int(r), int(g), int(b)) for r, g, b in rows]


def _fits(spec: ModelSpec) -> Dict[str, bool]:
    """For each part whether it can be right; NaN never is."""
    skeleton = spec.skeleton
    number = len(skeleton.keypoint_names)
    joints = [joint for link in skeleton.links for joint in link]
    return {
        'input_size': 0 < min(spec.input_size) <= max(spec.input_size) < 4096,
        'box_padding': 0 < spec.box_padding < 100,
        'half_range_m': 0 < spec.half_range_m < 100,
        'hole_value': -1 <= spec.hole_value <= 1,
        'depth_unit_m': spec.depth_unit_m is None or 0 < spec.depth_unit_m < 100,
        'background_m': spec.background_m is None or spec.background_m > 0,
        'dataset.flip_indices': sorted(skeleton.flip_indices) == list(range(number)),
        'dataset.links': all(0 <= joint < number for joint in joints),
        'dataset.keypoint_colors': len(skeleton.keypoint_colors) == number,
        'dataset.link_colors': len(skeleton.link_colors) == len(skeleton.links),
    }
