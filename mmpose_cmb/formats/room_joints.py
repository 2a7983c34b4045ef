"""The joints of synthetic rooms: ITOP's 15, then those of Kinect v2 that K2HPD has.

Two sets of labels place what they call by the same name in different places of
the body, so each joint is there once for each set. A network that learns them
all is published once for each set, too (``JOINT_SETS``).
"""

from typing import Dict, Tuple

from .itop import ITOP_BONES, ITOP_JOINTS
from .k2hpd import K2HPD_JOINTS

_KINECT = '_kinect'
ROOM_JOINTS: Tuple[str, ...] = ITOP_JOINTS + tuple(name + _KINECT for name in K2HPD_JOINTS)
ROOM_BONES = ITOP_BONES
# Where the joints of each set lie among ``ROOM_JOINTS``.
JOINT_SETS: Dict[str, slice] = dict(
    itop=slice(0, len(ITOP_JOINTS)), k2hpd=slice(len(ITOP_JOINTS), len(ROOM_JOINTS))
)
