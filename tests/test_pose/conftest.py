"""ONNX files written by hand, whose outputs are known in closed form."""

import copy

import pytest

from ..known_network import METADATA, write_known_network


@pytest.fixture
def metadata():
    return copy.deepcopy(METADATA)


@pytest.fixture
def write_network():
    """Writes a graph whose scores are the mean of the normalised crop."""
    return write_known_network


@pytest.fixture
def network(tmp_path, metadata):
    """Such a file, with metadata that fit it."""
    return write_known_network(tmp_path / 'known.onnx', metadata)
