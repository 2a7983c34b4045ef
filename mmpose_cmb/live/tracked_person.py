"""A person who is known again from frame to frame."""

from dataclasses import dataclass

from ..depth.frame import PersonPose


@dataclass
class TrackedPerson(PersonPose):
    """A person of one frame.

    Attributes:
        id (int): From 1 on, the same while the person is in view; given to
            nobody else later.
    """

    id: int = 0

    @classmethod
    def from_pose(cls, pose: PersonPose, id: int) -> 'TrackedPerson':
        """The pose with an id; the arrays are shared."""
        return cls(**{**vars(pose), 'id': id})
