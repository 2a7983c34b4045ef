"""Words of messages to the user."""


def counted(number: int, noun: str) -> str:
    """A number with its noun, in the plural where it is not one.

    Args:
        number (int): How many.
        noun (str): In the singular; its plural ends with s.

    Example:
        >>> from mmpose_cmb.words import counted
        >>> counted(1, 'person'), counted(0, 'frame')
        ('1 person', '0 frames')
    """
    return f'{number} {noun}' if number == 1 else f'{number} {noun}s'
