"""What a person finder says of its input and its output, all but the network."""

from typing import Any, Dict, NamedTuple, Optional, Tuple

from .file_metadata import BOXES, check_parts, metadata_text, parse_metadata


class DetectorSpec(NamedTuple):
    """How a whole frame is prepared, and what the maps mean.

    Attributes:
        input_size (Tuple[int, int]): Width and height of the input, pixels.
        stride (int): Pixels of the input for each cell of the maps.
        nearest_m (float): What is nearer is a hole.
        pixels_per_unit (float): Pixels a metre takes where the input is 1.
        least_score (float): Who has less is nobody, unless the user says
            otherwise: of a box, or where joints decide, of both together.
        most_overlap (float): A box that overlaps a better one by more (IoU)
            is the same person.
        joints_decide (bool): Boxes are proposals, and the joints have a say in who
            is a person: see ``second_look``.
    """

    input_size: Tuple[int, int]
    stride: int
    nearest_m: float
    pixels_per_unit: float
    least_score: float
    most_overlap: float
    joints_decide: bool

    @property
    def map_size(self) -> Tuple[int, int]:
        """Width and height of the maps, cells."""
        return self.input_size[0] // self.stride, self.input_size[1] // self.stride

    def check(self) -> 'DetectorSpec':
        """Return the specification, if its parts can be right.

        Raises:
            ValueError: Naming the parts that cannot.
        """
        sides, stride = self.input_size, self.stride
        check_parts(
            {
                'input_size': 0 < min(sides) <= max(sides) < 4096,
                'stride': 0 < stride <= min(sides) and not any(side % stride for side in sides),
                'nearest_m': 0 < self.nearest_m < 100,
                'pixels_per_unit': 0 < self.pixels_per_unit < 1e6,
                'least_score': 0 <= self.least_score <= 1,
                'most_overlap': 0 <= self.most_overlap <= 1,
            }
        )
        return self

    def to_json(self) -> str:
        """The text that exported files hold; see :func:`parse_detector_spec`."""
        return metadata_text(BOXES, self._asdict())


def parse_detector_spec(text: Optional[str], path: str) -> DetectorSpec:
    """Read and check the metadata of a person finder's file.

    Args:
        text (str, optional): JSON, or ``None`` where the file has none.
        path (str): The file, for error messages.

    Raises:
        ValueError: See :func:`parse_metadata`.
    """
    return parse_metadata(text, path, BOXES, _spec)


def _spec(data: Dict[str, Any]) -> DetectorSpec:
    width, height = data['input_size']
    return DetectorSpec(
        input_size=(int(width), int(height)),
        stride=int(data['stride']),
        nearest_m=float(data['nearest_m']),
        pixels_per_unit=float(data['pixels_per_unit']),
        least_score=float(data['least_score']),
        most_overlap=float(data['most_overlap']),
        # Older files do not say.
        joints_decide=bool(data.get('joints_decide', False)),
    ).check()
