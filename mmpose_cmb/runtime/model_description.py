"""What an exported model says of itself: the metadata in its ONNX file."""
import json
from typing import List, NamedTuple, Optional, Tuple

from ..version import __version__

METADATA_KEY = 'mmpose_cmb'
NEWEST_FORMAT = 1
Color = Tuple[int, int, int]


class SkeletonDescription(NamedTuple):
    """The joints of the data set that the model was trained on.

    Attributes:
        name (str): The data set's.
        keypoint_names (List[str]): K names.
        links (List[Tuple[int, int]]): Pairs of joint ids.
        keypoint_colors (List[Tuple[int, int, int]]): RGB of each joint.
        link_colors (List[Tuple[int, int, int]]): RGB of each link.
    """
    name: str
    keypoint_names: List[str]
    links: List[Tuple[int, int]]
    keypoint_colors: List[Color]
    link_colors: List[Color]


class ModelDescription(NamedTuple):
    """How the input is prepared and what the output means.

    Attributes:
        input_size (Tuple[int, int]): Width and height of the crop, pixels.
        box_padding (float): Factor on the box's sides.
        half_range_m (float): Metres of depth that become 1.
        hole_value (float): What invalid pixels become.
        depth_unit_m (float, optional): Metres per stored unit of the files
            that the model was tested on; ``None``: files tell.
        invalid_values (Tuple[float, ...]): Stored values that mean "no
            measurement".
        background_m (float, optional): What lies farther away is invalid.
        flip_test (bool): The graph runs the mirrored crop, too.
        space (bool): The graph gives ``keypoints_uvd``.
        skeleton (SkeletonDescription): The joints.
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
    skeleton: SkeletonDescription


def parse_description(text: Optional[str], path: str) -> ModelDescription:
    """Read and check the metadata of an ONNX file.

    Args:
        text (str, optional): JSON, the file's property ``mmpose_cmb``;
            ``None`` where the file has none.
        path (str): The file, for error messages.

    Raises:
        ValueError: If it is missing, damaged or of a newer format, with what
            to do.
    """
    again = 'Export the model again with tools/deploy.py of mmpose_cmb.'
    if text is None:
        raise ValueError(
            f'{path}: this ONNX file does not say how its input is prepared '
            f'(no metadata "{METADATA_KEY}"). {again}')
    try:
        data = json.loads(text)
    except ValueError as error:
        raise ValueError(f'{path}: its metadata "{METADATA_KEY}" is damaged: '
                         f'no JSON ({error}). {again}') from error
    if not isinstance(data, dict) or not isinstance(data.get('format'), int):
        raise ValueError(f'{path}: its metadata "{METADATA_KEY}" is damaged: '
                         f'it does not tell its format. {again}')
    if data['format'] > NEWEST_FORMAT:
        raise ValueError(
            f'{path}: its metadata has format {data["format"]} (written by '
            f'{data.get("made_by", "a newer mmpose_cmb")}); this is '
            f'mmpose_cmb {__version__}, which reads formats up to '
            f'{NEWEST_FORMAT}. Update mmpose_cmb.')
    try:
        model = _description(data)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ValueError(
            f'{path}: its metadata "{METADATA_KEY}" is damaged or incomplete '
            f'({type(error).__name__}: {error}). {again}') from error
    wrong = _misfits(model)
    if wrong:
        raise ValueError(f'{path}: its metadata "{METADATA_KEY}" is damaged: '
                         f'{", ".join(wrong)} cannot be right. {again}')
    return model


def _description(data: dict) -> ModelDescription:
    dataset = data['dataset']
    optional = {
        name: None if data[name] is None else float(data[name])
        for name in ('depth_unit_m', 'background_m')
    }
    width, height = data['input_size']
    return ModelDescription(
        input_size=(int(width), int(height)),
        box_padding=float(data['box_padding']),
        half_range_m=float(data['half_range_m']),
        hole_value=float(data['hole_value']),
        invalid_values=tuple(data['invalid_values']),
        flip_test=bool(data['flip_test']),
        space=bool(data['space']),
        skeleton=SkeletonDescription(
            name=str(dataset['name']),
            keypoint_names=[str(name) for name in dataset['keypoints']],
            links=[(int(a), int(b)) for a, b in dataset['links']],
            keypoint_colors=_colors(dataset['keypoint_colors']),
            link_colors=_colors(dataset['link_colors'])),
        **optional)


def _colors(rows: list) -> List[Color]:
    return [(int(r), int(g), int(b)) for r, g, b in rows]


def _misfits(model: ModelDescription) -> List[str]:
    """Names of the parts that cannot be right."""
    skeleton = model.skeleton
    number = len(skeleton.keypoint_names)
    joints = [joint for link in skeleton.links for joint in link]
    fits = {
        'input_size': min(model.input_size) > 0,
        'box_padding': model.box_padding > 0,
        'half_range_m': model.half_range_m > 0,
        'depth_unit_m': model.depth_unit_m is None or model.depth_unit_m > 0,
        'dataset.links': all(0 <= joint < number for joint in joints),
        'dataset.keypoint_colors': len(skeleton.keypoint_colors) == number,
        'dataset.link_colors':
        len(skeleton.link_colors) == len(skeleton.links),
    }
    return [name for name, fit in fits.items() if not fit]
