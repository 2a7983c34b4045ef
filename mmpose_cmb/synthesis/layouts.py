"""The ways synthetic data can lie on the disk."""

from pathlib import Path
from typing import Dict, List, Protocol, Sequence, Tuple

import numpy as np

from .astar_writer import ASTARWriter
from .contact_sheet import Drawing
from .hands_writer import HandsWriter
from .itop_writer import ITOPWriter
from .k2hpd_writer import K2HPDWriter
from .recipe import Recipe
from .rooms_writer import RoomsWriter


class Writer(Protocol):
    """What ``generate`` asks of a layout.

    Attributes:
        DEFAULTS: Values of the recipe's fields that are ``None``; a field
            that is not named has no meaning in this layout.
        SENSORS: The sensors to choose from.
        MOST_FRAMES: Split -> how many frames it can hold.
    """

    DEFAULTS: dict
    SENSORS: Tuple[str, ...]
    MOST_FRAMES: Dict[str, int]

    def __init__(self, root: Path, recipe: Recipe) -> None: ...

    @staticmethod
    def check(recipe: Recipe) -> None:
        """Refuse a recipe, before anything is written."""

    @staticmethod
    def load_model() -> object:
        """Build the body or the hand, once per process."""

    def make_frame(self, index: int) -> Dict[str, np.ndarray]:
        """Make a sample, write its own files, return what is to be kept."""

    def has_frame(self, index: int) -> bool:
        """Whether the frame's own files are there."""

    def finish(self, parts: Dict[str, List[Path]], parameters: dict) -> None:
        """Write what needs the kept arrays of all frames."""

    def drawings(self, rows: Sequence[Tuple[str, int]]) -> List[Drawing]:
        """Frames of a finished data set, for a picture."""


LAYOUTS = dict(
    k2hpd=K2HPDWriter, itop=ITOPWriter, astar=ASTARWriter, rooms=RoomsWriter, hands=HandsWriter
)
_BY_LAYOUT = ('intrinsics', 'sensor', 'views', 'label_convention', 'sequence_length')


def complete_recipe(recipe: Recipe) -> Recipe:
    """Fill in the layout's defaults.

    Raises:
        ValueError: If the layout is unknown, or does not know a field that
            has a value.
    """
    if recipe.layout not in LAYOUTS:
        raise ValueError(f'unknown layout {recipe.layout!r}, choose one of {tuple(LAYOUTS)}')
    defaults = LAYOUTS[recipe.layout].DEFAULTS
    given = {
        name: getattr(recipe, name) for name in _BY_LAYOUT if getattr(recipe, name) is not None
    }
    unknown = sorted(set(given) - set(defaults))
    if unknown:
        raise ValueError(f'{", ".join(unknown)}: without meaning in the layout {recipe.layout}')
    return recipe._replace(**dict(defaults, **given))


def make_writer(root: Path, recipe: Recipe) -> Writer:
    """The writer of a complete recipe's layout."""
    return LAYOUTS[recipe.layout](root, recipe)
