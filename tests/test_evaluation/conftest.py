import numpy as np
import pytest

ITOP_JOINTS = (
    'head',
    'neck',
    'right_shoulder',
    'left_shoulder',
    'right_elbow',
    'left_elbow',
    'right_hand',
    'left_hand',
    'torso',
    'right_hip',
    'left_hip',
    'right_knee',
    'left_knee',
    'right_foot',
    'left_foot',
)


@pytest.fixture
def itop_golden(real_data_dir):
    """A2J's predictions and ITOP's labels in pixels, and the joints' ids."""
    data = np.load(real_data_dir / 'itop_front_test_golden.npz')
    x, y, z = np.moveaxis(data['gt_world_m'].astype(np.float64), -1, 0)
    # ITOP's camera, as stated with the data: 0.0035 rad a pixel, y up.
    gt = np.stack([160 + x / (0.0035 * z), 120 - y / (0.0035 * z)], axis=-1)
    name2id = {name: i for i, name in enumerate(ITOP_JOINTS)}
    return data['pred_uvd'][..., :2], gt, name2id


@pytest.fixture
def itop_golden_3d(real_data_dir):
    """A2J's predictions and ITOP's labels in metres (x right, y down), and
    the groups with their published accuracy at 10 cm."""
    data = np.load(real_data_dir / 'itop_front_test_golden.npz')
    u, v, z = np.moveaxis(data['pred_uvd'].astype(np.float64), -1, 0)
    pred = np.stack([(u - 160) * z * 0.0035, (v - 120) * z * 0.0035, z], -1)
    groups = {
        'Head': ([0], 98.54),
        'Neck': ([1], 99.20),
        'Shoulders': ([2, 3], 96.23),
        'Elbows': ([4, 5], 78.92),
        'Hands': ([6, 7], 68.35),
        'Torso': ([8], 98.52),
        'Hips': ([9, 10], 90.85),
        'Knees': ([11, 12], 90.75),
        'Feet': ([13, 14], 86.91),
        'Upper Body': (list(range(8)), 85.59),
        'Lower Body': (list(range(9, 15)), 89.50),
        # The mean with the torso, which is in the README as a joint's own:
        # (6 * 89.50 + 98.52) / 7.
        'Lower Body with torso': (list(range(8, 15)), 90.79),
        'Full Body': (list(range(15)), 88.02),
    }
    return pred, data['gt_world_m'] * (1, -1, 1), groups
