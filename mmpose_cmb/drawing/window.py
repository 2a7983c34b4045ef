"""A window that shows pictures, where there can be one."""

import os
import subprocess
import sys
from typing import Optional

import cv2
import numpy as np

# Opens a window in a process of its own, which Qt may end as it likes.
TRIAL = 'import cv2; cv2.namedWindow("mmpose_cmb")'
TRIAL_S = 30.0


def has_display() -> bool:
    """Whether a window can be opened here."""
    return why_no_window() is None


def why_no_window() -> Optional[str]:
    """Why no window can be opened here, half a sentence; None where it can.

    Qt ends the whole program (exit status 134) where it cannot reach the
    display, so that this cannot be left to an exception: another process
    tries it first, which takes a second.
    """
    gui = [
        line.split(':', 1)[1].strip()
        for line in cv2.getBuildInformation().splitlines()
        if line.strip().startswith('GUI:')
    ]
    if gui and gui[0] in ('NONE', ''):
        return 'this OpenCV has no windows (opencv-python-headless); opencv-python has'
    if not sys.platform.startswith('linux'):
        return None
    displays = [
        f'{name}={os.environ[name]}'
        for name in ('DISPLAY', 'WAYLAND_DISPLAY')
        if os.environ.get(name)
    ]
    if not displays:
        return 'there is no display (neither DISPLAY nor WAYLAND_DISPLAY)'
    try:
        opened = (
            subprocess.run(
                [sys.executable, '-c', TRIAL], capture_output=True, timeout=TRIAL_S
            ).returncode
            == 0
        )
    except subprocess.TimeoutExpired:
        opened = False
    if not opened:
        return f'OpenCV cannot use the display {" or ".join(displays)}'
    return None


class Window:
    """A window that shows pictures; ``q``, Escape or its cross end it.

    Args:
        title (str): Its title.

    Raises:
        RuntimeError: If there can be no window; says why.
    """

    def __init__(self, title: str) -> None:
        self.title = title
        why = why_no_window()
        if why is None:
            try:
                cv2.namedWindow(title, cv2.WINDOW_NORMAL)
            except cv2.error as error:
                why = f'OpenCV opens none ({error})'
        if why is not None:
            raise RuntimeError(f'no window: {why}')
        self._shown = False

    def show(self, picture: Optional[np.ndarray] = None) -> bool:
        """Show a picture, and listen to keys and mouse.

        Args:
            picture (np.ndarray, optional): uint8 [H, W, 3], RGB. Defaults to
                None: what is shown stays.

        Returns:
            bool: Whether to go on.
        """
        if picture is not None:
            cv2.imshow(self.title, picture[..., ::-1])
            if not self._shown:
                cv2.resizeWindow(self.title, *picture.shape[1::-1])
                self._shown = True
        if cv2.waitKey(1) & 0xFF in (ord('q'), 27):
            return False
        return cv2.getWindowProperty(self.title, cv2.WND_PROP_VISIBLE) >= 1

    def close(self) -> None:
        """Close the window."""
        cv2.destroyWindow(self.title)
