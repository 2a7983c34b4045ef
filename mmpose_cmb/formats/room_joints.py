"""The joints of synthetic rooms: ITOP's 15, then those of Kinect v2 that K2HPD has.

Two sets of labels place what they call by the same name in different places of
the body, so each joint is there once for each set. A network that learns them
all is published once for each set, too (``JOINT_SETS``).
"""

from typing import Dict, Sequence, Tuple

import numpy as np

from .itop import ITOP_JOINTS
from .k2hpd import K2HPD_JOINTS

_KINECT = '_kinect'
ROOM_JOINTS: Tuple[str, ...] = ITOP_JOINTS + tuple(name + _KINECT for name in K2HPD_JOINTS)
# Where the joints of each set lie among ``ROOM_JOINTS``.
JOINT_SETS: Dict[str, slice] = dict(
    itop=slice(0, len(ITOP_JOINTS)), k2hpd=slice(len(ITOP_JOINTS), len(ROOM_JOINTS))
)
_OWN_NAMES = dict(itop=ITOP_JOINTS, k2hpd=K2HPD_JOINTS)


def where_in_rooms(names: Sequence[str]) -> slice:
    """Where joints lie among ``ROOM_JOINTS``.

    Args:
        names (Sequence[str]): Those of a set, by its own names, or all.

    Raises:
        ValueError: If these are other joints.

    Example:
        >>> from mmpose_cmb.formats.k2hpd import K2HPD_JOINTS
        >>> where_in_rooms(K2HPD_JOINTS)
        slice(15, 34, None)
    """
    if tuple(names) == ROOM_JOINTS:
        return slice(0, len(ROOM_JOINTS))
    for joint_set, own in _OWN_NAMES.items():
        if tuple(names) == own:
            return JOINT_SETS[joint_set]
    raise ValueError(
        f"these {len(names)} joints are not those of synthetic rooms: ITOP's "
        f"{len(ITOP_JOINTS)}, K2HPD's {len(K2HPD_JOINTS)} or all {len(ROOM_JOINTS)}, "
        'in their order'
    )


def keep_joints(annotation: dict, kept: slice) -> dict:
    """A person's record with some of its joints; all else, as the box, stays.

    Args:
        annotation (dict): As :func:`~mmpose_cmb.formats.depth_coco.coco_annotation`
            makes it, with or without ``keypoints_cam``.
        kept (slice): Of the joints.
    """
    record = dict(annotation)
    for key in ('keypoints', 'keypoints_cam'):
        if key in record:
            record[key] = np.reshape(record[key], (-1, 3))[kept].ravel().tolist()
    record['num_keypoints'] = sum(flag > 0 for flag in record['keypoints'][2::3])
    return record
