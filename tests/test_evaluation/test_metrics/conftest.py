import pytest
from mmengine.logging import MMLogger


@pytest.fixture
def logged(monkeypatch):
    """The lines that metrics log."""
    lines = []
    logger = MMLogger.get_current_instance()
    monkeypatch.setattr(logger, 'info', lines.append)
    return lines
