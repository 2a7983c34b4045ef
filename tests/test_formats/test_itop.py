import h5py
import numpy as np
import pytest

from mmpose_cmb.camera import ITOP_CAMERA, project
from mmpose_cmb.formats.itop import (
    BACKGROUND_PART,
    DEPTH_FIELDS,
    LABEL_FIELDS,
    check_same_frames,
    frame_id,
    itop_file_names,
    read_depth_ids,
    read_itop_labels,
    to_fields,
    write_itop_file,
)
from mmpose_cmb.io.hdf5_frames import HDF5Frames

NUM_FRAMES = 5


@pytest.fixture
def frames():
    """Depth, pixels, joints (y down), seen, valid, parts of each frame."""
    rng = np.random.default_rng(0)
    made = []
    for i in range(NUM_FRAMES):
        joints = rng.uniform((-0.5, -0.5, 2), (0.5, 0.5, 3), (15, 3))
        depth = rng.uniform(1, 4, (240, 320)).astype(np.float32)
        depth[i] = 0
        part = np.full((240, 320), BACKGROUND_PART, np.int8)
        part[100] = 3
        made.append(
            (depth, project(joints, ITOP_CAMERA), joints, rng.random(15) < 0.5, i != 2, part)
        )
    return made


@pytest.fixture
def paths(frames, tmp_path):
    """The files of the frames, written in blocks of 3 and 2."""
    records = [
        dict(to_fields(*frame), id=np.array(frame_id(20, i), 'S8'))
        for i, frame in enumerate(frames)
    ]
    names = itop_file_names('top', 'test')
    for name, fields in zip(names, (DEPTH_FIELDS, LABEL_FIELDS)):
        blocks = (
            {field: np.stack([record[field] for record in block]) for field in fields}
            for block in (records[:3], records[3:])
        )
        write_itop_file(tmp_path / name, fields, NUM_FRAMES, blocks)
    return [str(tmp_path / name) for name in names]


def test_frames_are_read_as_they_were_written(frames, paths):
    depth_path, labels_path = paths
    labels = read_itop_labels(labels_path)
    ids = read_depth_ids(depth_path)
    check_same_frames(depth_path, ids, labels_path, labels.ids)
    assert ids.tolist() == [b'20_%05d' % i for i in range(NUM_FRAMES)]
    stored = HDF5Frames(depth_path)
    for i, (depth, pixels, joints, seen, valid, _) in enumerate(frames):
        np.testing.assert_allclose(stored[i], depth, rtol=2**-11)
        np.testing.assert_array_equal(stored[i] == 0, depth == 0)
        np.testing.assert_array_equal(labels.keypoints_px[i], np.rint(pixels))
        # y points up in the file and down here.
        np.testing.assert_allclose(labels.keypoints_cam[i], joints, rtol=2**-11, atol=1e-6)
        np.testing.assert_array_equal(labels.seen[i], seen)
        assert labels.is_valid[i] == valid
    stored.close()


def test_types_and_axes_are_those_of_the_published_files(frames, paths):
    with h5py.File(paths[0]) as file:
        assert file['data'].dtype == np.float16
    with h5py.File(paths[1]) as file:
        assert {name: field.dtype.str for name, field in file.items()} == dict(
            id='|S8', is_valid='|u1', visible_joints='<i2',
            image_coordinates='<i2', real_world_coordinates='<f2',
            segmentation='|i1')  # yapf: disable
        np.testing.assert_array_equal(
            file['real_world_coordinates'][0, :, 1], np.float16(-frames[0][2][:, 1])
        )
        np.testing.assert_array_equal(file['segmentation'][4], frames[4][5])
