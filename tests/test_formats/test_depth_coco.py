import numpy as np

from mmpose_cmb.formats.depth_coco import (
    coco_annotation,
    coco_image,
    read_depth_coco,
    write_depth_coco,
)

NAMES = ('head', 'left_hand', 'right_hand')
META = dict(keypoint_id2name=dict(enumerate(NAMES)), num_keypoints=3, skeleton_links=[(0, 1)])


def test_write_and_read_back(tmp_path):
    path = tmp_path / 'deep' / 'out.json'
    joints = np.array([[1.25, 2], [3, 4], [5, 6]])
    write_depth_coco(
        str(path), [coco_image(3, 'x.png', 8, 6, depth_unit_m=0.5)],
        [coco_annotation(0, 3, joints, np.array([2, 0, 1]),
                         np.array([1, 2, 5, 7]))], META)  # yapf: disable
    coco = read_depth_coco(str(path), NAMES)
    assert coco.images[3]['depth_unit_m'] == 0.5
    record = coco.annotations[0]
    assert record['keypoints'] == [1.25, 2, 2, 3, 4, 0, 5, 6, 1]
    assert record['bbox'] == [1, 2, 4, 5] and record['num_keypoints'] == 2
    assert record['area'] == 20
    assert coco.categories[0]['skeleton'] == [[1, 2]]
    assert [p.name for p in path.parent.iterdir()] == ['out.json']


def test_what_all_images_share(tmp_path):
    """Unit and camera come back with each image, joints in space too."""
    path = str(tmp_path / 'out.json')
    joints = np.random.default_rng(0).uniform(0, 90, (3, 2))
    joints_m = np.random.default_rng(1).uniform(1, 3, (3, 3))
    write_depth_coco(
        path,
        [coco_image(i, f'{i}.png', 80, 60) for i in (4, 9)],
        [coco_annotation(0, 9, joints, np.full(3, 2), np.array([0, 0, 90, 90]), joints_m)],
        META,
        depth_unit_m=0.001,
        intrinsics=[286.0, 285.0, 40.0, 30.0],
    )
    coco = read_depth_coco(path, NAMES)
    assert [(image['depth_unit_m'], image['intrinsics']) for image in coco.images.values()] == [
        (0.001, [286.0, 285.0, 40.0, 30.0])
    ] * 2
    record = coco.annotations[0]
    np.testing.assert_allclose(np.reshape(record['keypoints'], (3, 3))[:, :2], joints, atol=5e-4)
    np.testing.assert_allclose(np.reshape(record['keypoints_cam'], (3, 3)), joints_m, atol=5e-5)
