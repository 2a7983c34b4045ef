import numpy as np
import pytest

ITOP_JOINTS = ('head', 'neck', 'right_shoulder', 'left_shoulder',
               'right_elbow', 'left_elbow', 'right_hand', 'left_hand', 'torso',
               'right_hip', 'left_hip', 'right_knee', 'left_knee',
               'right_foot', 'left_foot')


@pytest.fixture
def itop_golden(real_data_dir):
    """A2J's predictions and ITOP's labels in pixels, and the joints' ids."""
    data = np.load(real_data_dir / 'itop_front_test_golden.npz')
    x, y, z = np.moveaxis(data['gt_world_m'].astype(np.float64), -1, 0)
    # ITOP's camera, as stated with the data: 0.0035 rad a pixel, y up.
    gt = np.stack([160 + x / (0.0035 * z), 120 - y / (0.0035 * z)], axis=-1)
    name2id = {name: i for i, name in enumerate(ITOP_JOINTS)}
    return data['pred_uvd'][..., :2], gt, name2id
