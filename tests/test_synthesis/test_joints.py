import numpy as np
import pytest

from mmpose_cmb.synthesis.body import load_body_model, sample_phenotype
from mmpose_cmb.synthesis.joints import ITOP_JOINTS, K2HPD_JOINTS, itop_joints, k2hpd_joints
from mmpose_cmb.synthesis.rotation import about_z


@pytest.fixture(scope='module')
def model():
    return load_body_model()


def length(joints, a, b):
    return np.linalg.norm(joints[a] - joints[b])


def named(model, phenotype=None, rotations=None):
    body = model.pose(phenotype or {}, rotations or {})
    return (
        dict(zip(K2HPD_JOINTS, k2hpd_joints(body))),
        dict(zip(ITOP_JOINTS, itop_joints(body))),
        body,
    )


def test_left_is_the_persons_left(model):
    # The body faces -y, towards the camera, whose right is +x.
    for joints in named(model)[:2]:
        for name in ('shoulder', 'elbow', 'hand', 'hip', 'knee', 'foot'):
            left, right = joints[f'left_{name}'], joints[f'right_{name}']
            assert left[0] > 0.03 and right[0] < -0.03
            np.testing.assert_allclose(left, right * (-1, 1, 1), atol=2e-3)


def test_joints_stand_in_order_above_each_other(model):
    joints = named(model)[0]
    heights = [
        joints[name][2]
        for name in (
            'head',
            'neck',
            'spine_shoulder',
            'left_shoulder',
            'mid_spine',
            'spine_base',
            'left_knee',
            'left_foot',
        )
    ]
    assert (np.diff(heights) < -0.02).all()
    assert length(joints, 'left_wrist', 'left_hand') == pytest.approx(0.06, abs=0.02)
    hips = (joints['left_hip'] + joints['right_hip']) / 2
    np.testing.assert_allclose(joints['spine_base'], hips, atol=1e-9)


def test_itop_neck_and_torso_are_middles(model):
    joints = named(model)[1]
    shoulders = (joints['left_shoulder'] + joints['right_shoulder']) / 2
    np.testing.assert_allclose(joints['neck'], shoulders)
    hips = (joints['left_hip'] + joints['right_hip']) / 2
    assert length(joints, 'neck', 'torso') == pytest.approx(
        np.linalg.norm(joints['neck'] - hips) / 2, rel=0.1
    )


def test_joints_turn_with_the_body(model):
    turn = about_z(1.0)
    still, turned = named(model), named(model, rotations=dict(root=turn))
    origin = still[2].bones['root']
    for before, after in zip(still[:2], turned[:2]):
        for name in before:
            np.testing.assert_allclose(
                after[name] - origin, turn @ (before[name] - origin), atol=1e-4
            )


def test_joints_lie_inside_the_body(model):
    _, _, body = named(model)
    low, high = body.vertices.min(0), body.vertices.max(0)
    joints = k2hpd_joints(body)
    assert ((joints > low) & (joints < high)).all()


def test_people_differ_within_human_measure(model):
    rng = np.random.default_rng(0)
    heights, widths = [], []
    for _ in range(60):
        vertices = model.pose(sample_phenotype(rng), {}).vertices
        heights.append(np.ptp(vertices[:, 2]))
        middle = np.abs(vertices[:, 2] - vertices[:, 2].min() - 0.6 * heights[-1]) < 0.05
        torso = vertices[middle & (np.abs(vertices[:, 0]) < 0.25)]
        widths.append(np.ptp(torso[:, 1]))
    assert min(heights) > 1.0 and max(heights) < 2.1
    assert 1.55 < np.median(heights) < 1.8
    assert max(widths) > 1.3 * min(widths)


def test_unknown_names_are_refused(model):
    with pytest.raises(ValueError, match='wealth'):
        model.pose(dict(wealth=1.0), {})
    with pytest.raises(ValueError, match='tail'):
        model.pose({}, dict(tail=np.eye(3)))


def test_proportions_agree_with_k2hpd_labels(model, real_data_dir):
    labels = np.load(real_data_dir / 'k2hpd_train_labels.npz')
    real = labels['keypoints_xy'].astype(float)
    index = {name: k for k, name in enumerate(K2HPD_JOINTS)}

    def share(joints, a, b):
        return length(joints, index[a], index[b]) / length(
            joints, index['spine_shoulder'], index['spine_base']
        )

    ours = np.stack([joint for joint in named(model)[0].values()])
    # A long view hardly foreshortens the trunk and the shoulders, and limbs
    # are seen in full length only now and then: take the fitting percentile.
    for a, b, percentile in (
        ('head', 'neck', 50),
        ('neck', 'spine_shoulder', 50),
        ('mid_spine', 'spine_base', 50),
        ('right_shoulder', 'left_shoulder', 75),
        ('right_hip', 'left_hip', 75),
        ('left_shoulder', 'left_elbow', 90),
        ('left_elbow', 'left_wrist', 90),
    ):
        pairs = np.linalg.norm(real[:, index[a]] - real[:, index[b]], axis=1)
        trunk = np.linalg.norm(
            real[:, index['spine_shoulder']] - real[:, index['spine_base']], axis=1
        )
        wanted = np.percentile(pairs / trunk, percentile)
        assert share(ours, a, b) == pytest.approx(wanted, rel=0.15), (a, b)
