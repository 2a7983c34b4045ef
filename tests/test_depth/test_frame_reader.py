import json
import os

import cv2
import h5py
import numpy as np
import pytest

from mmpose_cmb.camera import ITOP_CAMERA, SOFTKINETIC_DS325
from mmpose_cmb.depth.frame import DepthFrame
from mmpose_cmb.depth.frame_reader import list_frames, select_frames

HEIGHT, WIDTH = 20, 24
METRES = np.linspace(1, 3, HEIGHT * WIDTH).reshape(HEIGHT, WIDTH)
METRES[0, 0] = 0
STORED = np.rint(METRES * 1000).astype(np.uint16)
STACK = np.stack([STORED, STORED + 100, STORED + 200]) * (STORED > 0)


def write(path, stored=STORED):
    """Write an array in the format of the path's suffix."""
    path.parent.mkdir(exist_ok=True)
    if path.suffix == '.npy':
        np.save(path, stored)
    elif path.suffix == '.npz':
        np.savez(path, depth=stored)
    elif path.suffix == '.h5':
        with h5py.File(path, 'w') as file:
            file['data'] = stored
    else:
        assert cv2.imwrite(str(path), stored)
    return str(path)


def only(inputs, **options):
    frames = list_frames(inputs, **options)
    assert len(frames) == 1
    return frames[0]


@pytest.mark.parametrize('suffix', ['.png', '.tif', '.tiff', '.npy', '.npz'])
def test_a_file_of_each_format(tmp_path, suffix):
    path = write(tmp_path / f'depth{suffix}')
    reference = only(path)
    frame = reference.read()
    assert reference.name == frame.name == path
    assert frame.depth_m.dtype == np.float32 and frame.intrinsics is None
    np.testing.assert_allclose(frame.depth_m, METRES, atol=5.1e-4)
    assert 'taken for millimetres' in reference.notes[0]
    assert reference.unit_m == 0.001


@pytest.mark.parametrize('suffix', ['.npy', '.npz', '.h5'])
def test_files_of_many_frames(tmp_path, suffix):
    path = write(tmp_path / f'recording{suffix}', STACK)
    frames = list_frames(path, unit_m=0.002)
    names = [frame.name for frame in frames]
    assert names == [f'{path}[{i}]' for i in range(3)]
    assert [frame.index for frame in frames] == [0, 1, 2]
    for frame, stored in zip(frames, STACK):
        np.testing.assert_allclose(frame.read().depth_m, stored * 0.002, rtol=1e-6)
        assert not frame.notes


def test_arrays_one_or_many():
    np.testing.assert_allclose(only(METRES.astype(np.float32)).read().depth_m, METRES, rtol=1e-6)
    np.testing.assert_allclose(only(STORED[..., None]).read().depth_m, STORED / 1000, rtol=1e-6)
    np.testing.assert_allclose(
        only(np.dstack([STORED] * 3)).read().depth_m, STORED / 1000, rtol=1e-6
    )
    frames = list_frames(STACK)
    np.testing.assert_allclose(frames[2].read().depth_m, STACK[2] / 1000, rtol=1e-6)
    np.testing.assert_allclose(
        list_frames(STACK[..., None])[1].read().depth_m, STACK[1] / 1000, rtol=1e-6
    )
    with pytest.raises(ValueError, match=r'got uint16 \(5,\)'):
        list_frames(np.arange(5, dtype=np.uint16))


def test_a_list_keeps_its_order(tmp_path):
    stack = write(tmp_path / 'stack.npy', STACK)
    image = write(tmp_path / 'image.png')
    frames = list_frames([image, STORED, stack])
    assert [f.name for f in frames] == [image, 'array'] + [f'{stack}[{i}]' for i in range(3)]
    assert [f.index for f in frames] == [0, 1, 2, 3, 4]
    again = list_frames([frames[3], image])
    assert [f.name for f in again] == [f'{stack}[1]', image]
    assert [f.index for f in again] == [3, 1]


def test_frames_in_memory_pass(tmp_path):
    frame = DepthFrame(METRES, (21, 22, 11, 9), 'sensor', 7, 0.5)
    found = only(frame).read()
    assert (found.name, found.index, found.time_s) == ('sensor', 7, 0.5)
    assert found.intrinsics[:4] == (21, 22, 11, 9)
    other = only(frame, intrinsics=(15, 16, 12, 10)).read()
    assert other.intrinsics[:4] == (15, 16, 12, 10)


def test_folder_and_glob_in_natural_order(tmp_path):
    for i in (10, 9, 100):
        write(tmp_path / f'depth{i}.png', STORED + i)
    (tmp_path / 'notes.txt').write_text('not a frame')
    (tmp_path / 'colour.jpg').write_text('not a frame either')
    for inputs in (str(tmp_path), tmp_path, str(tmp_path / 'depth*.png')):
        frames = list_frames(inputs)
        assert [f.name for f in frames] == [str(tmp_path / f'depth{i}.png') for i in (9, 10, 100)]


def test_what_does_not_exist(tmp_path):
    for inputs, message in [
        (tmp_path / 'no.png', 'no.png: no such file or folder'),
        (tmp_path, 'no depth file in this folder'),
        (tmp_path / '*.tiff', 'no file fits this pattern'),
    ]:
        with pytest.raises(FileNotFoundError, match=message):
            list_frames(str(inputs))
        # In a list the others are not lost.
        frames = list_frames([str(inputs), STORED])
        with pytest.raises(FileNotFoundError, match=message):
            frames[0].read()
        frames[1].read()
    with pytest.raises(ValueError, match='got int'):
        list_frames(3)
    with pytest.raises(ValueError, match='input 1: expected the path.*int'):
        list_frames([STORED, 3])[1].read()


@pytest.mark.parametrize('suffix', ['.png', '.npy', '.npz', '.h5'])
def test_a_damaged_file_costs_that_file_only(tmp_path, suffix):
    stored = STACK if suffix == '.h5' else STORED
    for name in 'abc':
        write(tmp_path / f'{name}{suffix}', stored)
    path = tmp_path / f'b{suffix}'
    path.write_bytes(path.read_bytes()[:60])
    frames = list_frames(str(tmp_path))
    broken = [f for f in frames if f.name.startswith(str(path))]
    assert len(broken) == 1 and len(frames) == 2 * (3 if stored is STACK else 1) + 1
    with pytest.raises(ValueError, match=f'b\\{suffix}: '):
        broken[0].read()
    for frame in frames:
        if frame is not broken[0]:
            frame.read()


def test_a_damaged_record_costs_that_record_only(tmp_path):
    path = tmp_path / 'zipped.h5'
    with h5py.File(path, 'w') as file:
        data = file.create_dataset(
            'data', data=STACK, chunks=(1, HEIGHT, WIDTH), compression='gzip'
        )
        chunk = data.id.get_chunk_info(1)
    content = bytearray(path.read_bytes())
    content[chunk.byte_offset + 10 : chunk.byte_offset + 60] = bytes(50)
    path.write_bytes(content)
    first, second, third = list_frames(str(path))
    first.read(), third.read()
    with pytest.raises(ValueError, match='zipped.h5: frame 1.*damaged'):
        second.read()


def test_camera_file(tmp_path):
    for i in (1, 2, 10):
        write(tmp_path / f'{i}.png')
    camera = dict(intrinsics=[30, 31, 12, 10], depth_unit_m=0.0005, fps=30)
    (tmp_path / 'camera.json').write_text(json.dumps(camera))
    frames = list_frames(str(tmp_path))
    assert [f.time_s for f in frames] == [0, 1 / 30, 2 / 30]
    frame = frames[0].read()
    assert frame.intrinsics[:4] == (30, 31, 12, 10)
    np.testing.assert_allclose(frame.depth_m, STORED * 0.0005, rtol=1e-6)
    assert frames[0].notes == [f'{tmp_path / "camera.json"}: intrinsics and unit']
    # It serves a single image, too, and what the user says goes before.
    single = only(str(tmp_path / '10.png'), unit_m=0.001, intrinsics=(20, 20, 11, 9))
    assert single.time_s == 2 / 30 and single.intrinsics[:4] == (20, 20, 11, 9)
    np.testing.assert_allclose(single.read().depth_m, STORED / 1000, rtol=1e-6)
    assert not single.notes

    camera['times_s'] = [5, 5.04, 5.5]
    (tmp_path / 'camera.json').write_text(json.dumps(camera))
    assert [f.time_s for f in list_frames(str(tmp_path / '*.png'))] == [5, 5.04, 5.5]
    camera['times_s'] = [5, 5.04]
    (tmp_path / 'camera.json').write_text(json.dumps(camera))
    with pytest.raises(ValueError, match='times_s has 2 entries for 3 files.*10.png'):
        list_frames(str(tmp_path / '10.png'))


def test_what_is_stored_mirrored_is_turned_back(tmp_path):
    path = write(tmp_path / 'a.png', STORED[:, ::-1])
    for given in (path, STORED[:, ::-1], DepthFrame(METRES[:, ::-1], (21, 22, 13, 9))):
        frame = only(given, intrinsics=(21, 22, 13, 9), mirror=True).read()
        np.testing.assert_allclose(frame.depth_m, METRES, atol=5.1e-4)
        # The principal point is that of the stored image.
        assert frame.intrinsics[:4] == (21, 22, 24 - 1 - 13, 9)


def test_times_of_a_recording_from_which_frames_were_deleted(tmp_path):
    for i in (0, 1, 4, 5):
        write(tmp_path / f'{i:06d}.png')
    camera = dict(times_s=[0, 1, 2, 3, 4, 5])
    (tmp_path / 'camera.json').write_text(json.dumps(camera))
    assert [f.time_s for f in list_frames(str(tmp_path))] == [0, 1, 4, 5]
    write(tmp_path / '000009.png')
    with pytest.raises(ValueError, match='times_s has 6 entries for 5 files'):
        list_frames(str(tmp_path))[0].read()


def test_a_link_to_nowhere_is_a_frame_that_fails(tmp_path):
    write(tmp_path / '0.png')
    (tmp_path / '1.png').symlink_to(tmp_path / 'unmounted' / '1.png')
    first, second = list_frames(str(tmp_path))
    first.read()
    with pytest.raises(FileNotFoundError, match='1.png: no such depth image'):
        second.read()


def test_a_link_to_itself_costs_itself(tmp_path):
    write(tmp_path / '0.png')
    (tmp_path / '1.png').symlink_to('1.png')
    for frames in (list_frames(str(tmp_path)), list_frames([str(tmp_path / '0.png')])):
        frames[0].read()
    with pytest.raises(FileNotFoundError, match='1.png: no such depth image'):
        list_frames(str(tmp_path))[1].read()


@pytest.mark.parametrize('kind', ['folder', 'pipe', 'link'])
def test_a_camera_file_that_is_no_file(tmp_path, kind):
    path = write(tmp_path / 'a.png')
    camera = tmp_path / 'camera.json'
    make = dict(folder=camera.mkdir, pipe=lambda: os.mkfifo(camera))
    make.get(kind, lambda: camera.symlink_to('unmounted.json'))()
    with pytest.raises(ValueError, match='camera.json: is a folder, a pipe or a link to nowhere'):
        list_frames(path)


@pytest.mark.parametrize(
    'content, message',
    [
        ('{', r'not JSON \(Expecting'),
        ('[1]', 'expected an object'),
        ('{"intrinsics": [1, 2, 3]}', 'intrinsics: expected fx, fy, cx, cy'),
        ('{"intrinsics": [0, 2, 3, 4]}', 'intrinsics: expected fx, fy, cx'),
        ('{"depth_unit_m": "mm"}', 'depth_unit_m: expected metres'),
        ('{"fps": 0}', 'fps: expected'),
        ('{"times_s": 3}', 'times_s: expected a list'),
        ('{"times_s": [0, 1e999]}', 'times_s: expected a list'),
        ('{"fps": 1e300}', 'fps: expected'),
        ('{"depth_unit_m": 1000}', 'depth_unit_m: expected metres .* from 1e-05 to 1'),
        ('{"depth_unit_m": 1e-9}', 'depth_unit_m: expected metres'),
        ('{"intrinsics": [30, 31, 12, 1e30]}', 'intrinsics: expected fx, fy'),
        ('{"depth_unit": "mm"}', 'key "depth_unit": mm is not known. Known are'),
        ('{"fx": 30}', 'key "fx": 30 is not known'),
        ('{"camera_matrix": [1]}', 'key "camera_matrix"'),
        ('{"width": "wide"}', 'width: expected pixels'),
        ('{"intrinsics": [60, 60, 24, 20], "width": 24, "height": 20}', '.* about 49x41'),
    ],
)
def test_mistakes_in_the_camera_file(tmp_path, content, message):
    path = write(tmp_path / 'a.png')
    (tmp_path / 'camera.json').write_text(content)
    with pytest.raises(ValueError, match=f'camera.json: {message}'):
        list_frames(path)


@pytest.mark.parametrize(
    'key, value', [('depth_scale', 5000.0), ('depth_scale', 0.0002), ('unit_m', 0.0002)]
)
def test_the_unit_by_the_names_of_other_programs(tmp_path, key, value):
    """TUM counts units per metre, RealSense metres per unit."""
    path = write(tmp_path / 'a.png', STORED * 5)
    (tmp_path / 'camera.json').write_text(json.dumps({key: value, 'sensor': 'mine'}))
    reference = only(path)
    np.testing.assert_allclose(reference.read().depth_m, STORED / 1000, rtol=1e-5)
    file = tmp_path / 'camera.json'
    assert reference.notes[0] == f'{file}: unit'
    assert f'{file}: unit 0.0002 m, by "{key}": {value:g}' in reference.notes
    assert f'{file}: "sensor" is not used' in reference.notes


def test_the_size_of_the_cameras_images(tmp_path):
    path = write(tmp_path / 'a.png')
    for width, message in ((24, None), (48, 'it is that of 48x20')):
        camera = dict(intrinsics=[30, 30, 11.5, 9.5], width=width, height=20)
        if width == 48:
            camera['intrinsics'][2] = 23.5
        (tmp_path / 'camera.json').write_text(json.dumps(camera))
        if message is None:
            assert only(path).read().intrinsics == (30, 30, 11.5, 9.5, 24, 20)
        else:
            with pytest.raises(ValueError, match=f'a.png: .*{message}'):
                only(path).read()


def test_cameras_known_by_the_files_name(tmp_path):
    stack = np.tile(np.float16([[[2]], [[3]]]), (1, 240, 320))
    path = write(tmp_path / 'ITOP_side_test_depth_map.h5', stack)
    frames = list_frames(path)
    assert frames[1].intrinsics == ITOP_CAMERA
    assert 'intrinsics of ITOP' in frames[1].notes[0]
    np.testing.assert_array_equal(frames[1].read().depth_m, 3)
    path = write(tmp_path / 'ITOP_side_train_depth_map.h5', stack[:, ::2, ::2])
    with pytest.raises(ValueError, match=r'map.h5\[0\]: .* image of 160x120 .* of 320x240'):
        list_frames(path)[0].read()

    stored = np.full((240, 320), 600, '<i2')
    stored[0, :2] = 0, 32001
    stored.tofile(tmp_path / 'hand.skdepth')
    reference = only(str(tmp_path / 'hand.skdepth'))
    frame = reference.read()
    assert frame.intrinsics == SOFTKINETIC_DS325
    assert not frame.depth_m[0, :2].any()
    np.testing.assert_allclose(frame.depth_m[1:], 0.6)


def test_which_array_of_a_file(tmp_path):
    joints = np.ones((15, 3), np.float32)
    path = str(tmp_path / 'many.npz')
    np.savez(path, joints=joints, range=STORED)
    np.testing.assert_allclose(only(path).read().depth_m, STORED / 1000, rtol=1e-6)
    np.savez(path, amplitude=STORED, depth_mm=STORED + 1)
    np.testing.assert_allclose(only(path).read().depth_m[1:], STORED[1:] / 1000 + 0.001, rtol=1e-5)
    np.testing.assert_allclose(
        only(path, key='amplitude').read().depth_m, STORED / 1000, rtol=1e-6
    )
    np.savez(path, a=STORED, b=STORED)
    with pytest.raises(ValueError, match=r'as key; it holds a \[20, 24\]'):
        list_frames(path)
    with pytest.raises(ValueError, match='no array "c"; it holds a'):
        list_frames(path, key='c')
    np.savez(path, joints=joints)
    with pytest.raises(ValueError, match='none of them is a depth image'):
        list_frames(path)


def test_hdf5_dataset_by_key_also_in_a_group(tmp_path):
    path = tmp_path / 'groups.h5'
    with h5py.File(path, 'w') as file:
        file['camera/depth'] = STACK
        file['camera/infrared'] = STACK + 5
        file['id'] = np.arange(3)
    np.testing.assert_allclose(
        list_frames(str(path))[0].read().depth_m, STACK[0] / 1000, rtol=1e-6
    )
    frames = list_frames(str(path), key='camera/infrared')
    assert len(frames) == 3
    with pytest.raises(ValueError, match='no array "nothing"'):
        list_frames(str(path), key='nothing')


def test_wrong_units_are_named(tmp_path):
    path = write(tmp_path / 'a.png')
    with pytest.raises(ValueError, match='a.png: the middle distance is 2... m with unit_m = 1'):
        only(path, unit_m=1).read()
    with pytest.raises(ValueError, match='a.png: the middle distance is 0.02'):
        only(path, unit_m=1e-5).read()
    grey = write(tmp_path / 'grey.png', np.full((20, 24), 90, np.uint8))
    with pytest.raises(ValueError, match='grey.png: the unit of 8-bit depth'):
        only(grey).read()
    np.testing.assert_allclose(only(grey, unit_m=0.02).read().depth_m, 1.8)
    for options in (
        dict(unit_m=0),
        dict(unit_m='mm'),
        dict(intrinsics=(1, 2, 3)),
        dict(intrinsics=(0, 1, 2, 3)),
    ):
        with pytest.raises(ValueError, match=next(iter(options))):
            list_frames(path, **options)


def test_invalid_values_and_frames_of_holes():
    stored = np.where(STORED > 2000, 65535, STORED)
    depth_m = only(stored, invalid_values=(0, 65535)).read().depth_m
    assert depth_m.max() <= 2 and depth_m[0, 0] == 0
    # All holes: a frame like others, whatever the unit.
    holes = only(np.zeros((20, 24), np.uint16))
    assert not holes.read().depth_m.any() and not holes.notes
    assert not only(np.full((20, 24), np.nan)).read().depth_m.any()


def test_a_fallback_where_the_unit_cannot_be_guessed():
    grey = only(np.full((20, 24), 90, np.uint8), fallback_unit_m=0.02)
    np.testing.assert_allclose(grey.read().depth_m, 1.8)
    assert 'units of 0.02 m, by the model' in grey.notes[0]
    guessed = only(STORED, fallback_unit_m=0.02)
    np.testing.assert_allclose(guessed.read().depth_m, STORED / 1000, rtol=1e-6)


def test_selecting_frames():
    frames = list_frames(np.zeros((9, 20, 24), np.uint16))
    for text, expected in (
        (None, range(9)),
        ('3', [3]),
        ('-1', [8]),
        ('2:5', [2, 3, 4]),
        ('::4', [0, 4, 8]),
    ):
        assert [f.index for f in select_frames(frames, text)] == list(expected)
    for text in ('x', '', '9', '1:2:3:4', '1:5:0', '20:30'):
        with pytest.raises(ValueError, match='frames .* 9 frames'):
            select_frames(frames, text)
