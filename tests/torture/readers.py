"""Every kind of file that comes from outside: a whole one, and its reader.

Where a damaged file is read without an error, ``unknowable`` says whether
that is all right: a format without checksums holds other numbers then, which
are still such as the reader says it takes, and as many of them.
"""

import json
from pathlib import Path
from typing import Any, Callable, Iterator, List

import cv2
import h5py
import numpy as np
import torch
from mmengine.logging import MessageHub

from mmpose_cmb.analysis.silhouette import synthetic_body_mask
from mmpose_cmb.datasets import ASTARDataset, DepthCocoDataset, ITOPDataset, K2HPDDataset
from mmpose_cmb.datasets.joint_table import make_dataset_info, read_joint_table
from mmpose_cmb.depth.depth_io import write_depth_png_mm
from mmpose_cmb.depth.frame_reader import list_frames
from mmpose_cmb.engine.checkpoint_file import load_checkpoint_file
from mmpose_cmb.engine.stored_config import stored_config
from mmpose_cmb.evaluation.prediction_dump import dumped_frame, read_dump, write_dump
from mmpose_cmb.evaluation.prediction_files import read_joints, to_camera
from mmpose_cmb.io import write_json
from mmpose_cmb.pose.given_boxes import given_boxes
from mmpose_cmb.pose.onnx_network import OnnxNetwork
from mmpose_cmb.synthesis.generate import _claim_folder
from mmpose_cmb.synthesis.parts import read_parts, write_part
from mmpose_cmb.visualization.learning_curve import read_scalars

from ..known_network import METADATA, SIZE, write_known_network
from ..test_datasets.conftest import write_astar, write_itop
from .trial import Reader, same

CAMERA = (100.0, 100.0, 32.0, 24.0)
# No depth, pixel or time of a person's is larger.
LARGEST = 1e6
NAMES = ('head', 'left_hand', 'right_hand')
INFO = make_dataset_info('mine', NAMES)


def depth_m() -> np.ndarray:
    """A person before a wall, with noise and a hole, [48, 64]."""
    frame = np.full((48, 64), 3.0, np.float32)
    frame[8:44, 24:40] = 2.0
    frame += np.random.default_rng(0).normal(0, 0.01, frame.shape).astype(np.float32)
    frame[:4, :8] = 0
    return frame


def read_frames(path: Path) -> List[Any]:
    """Depth, camera and time of every frame."""
    found = []
    for reference in list_frames(str(path)):
        frame = reference.read()
        found.append([frame.depth_m, frame.intrinsics, frame.time_s])
    return found


def never(reference: Any, found: Any) -> bool:
    """There are checksums: every damage shows."""
    return False


def same_frames(reference: List[Any], found: List[Any]) -> bool:
    """As many frames of the same size."""
    return [frame[0].shape for frame in reference] == [frame[0].shape for frame in found] and all(
        (frame[0] >= 0).all() and np.isfinite(frame[0]).all() for frame in found
    )


def sane(reference: Any, found: Any) -> bool:
    """Numbers are finite and not beyond all measure."""
    return all(abs(number) <= LARGEST for number in numbers(found))


def same_form(reference: Any, found: Any) -> bool:
    """As many of everything, and sane."""
    return form(reference) == form(found) and sane(reference, found)


def numbers(value: Any) -> Iterator[float]:
    """All numbers in what was read; identifiers are none."""
    if isinstance(value, dict):
        for key, item in value.items():
            if not str(key).endswith(('id', 'ids', 'index')):
                yield from numbers(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from numbers(item)
    elif isinstance(value, np.ndarray) and value.dtype.kind in 'iuf':
        yield from value.ravel().tolist()
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield value


def form(value: Any) -> Any:
    """What has to be the same where single numbers and names are others."""
    if isinstance(value, dict):
        return {'dict': len(value)}
    if isinstance(value, (list, tuple)):
        return [form(item) for item in value]
    if isinstance(value, np.ndarray):
        return value.shape
    return None


def frame_readers(folder: Path) -> Iterator[Reader]:
    """Depth in every format."""
    depth = depth_m()
    stored = np.rint(depth * 1000).astype(np.uint16)
    stack = np.stack([stored, stored + 1, stored + 2])

    def encoded(name: str, image: np.ndarray, *options: int) -> Path:
        cv2.imwrite(str(folder / name), image, options)
        return folder / name

    # Whoever writes the checksums anew can write any depth.
    yield Reader('PNG, 16 bits', encoded('a.png', stored), read_frames, same_frames)
    grey = np.dstack([(stored // 20).astype(np.uint8)] * 3)

    def read_grey(path: Path) -> List[Any]:
        return [[ref.read().depth_m] for ref in list_frames(str(path), fallback_unit_m=0.02)]

    yield Reader('PNG, 8 bits', encoded('grey.png', grey), read_grey, same_frames)
    plain = (cv2.IMWRITE_TIFF_COMPRESSION, 1)
    yield Reader('TIFF', encoded('a.tiff', stored, *plain), read_frames, same_frames)
    yield Reader('TIFF, float', encoded('f.tiff', depth, *plain), read_frames, same_frames)
    packed = (cv2.IMWRITE_TIFF_COMPRESSION, 8)
    yield Reader('TIFF, deflate', encoded('z.tiff', stored, *packed), read_frames, same_frames)
    np.save(folder / 'a.npy', stack)
    yield Reader('NPY', folder / 'a.npy', read_frames, same_frames)
    np.savez_compressed(folder / 'a.npz', depth=stack, joints=np.zeros((3, 2)))
    yield Reader('NPZ', folder / 'a.npz', read_frames, same_frames)
    with h5py.File(folder / 'a.h5', 'w') as file:
        file['data'] = stack
    yield Reader('HDF5', folder / 'a.h5', read_frames, same_frames)
    with h5py.File(folder / 'z.h5', 'w') as file:
        file.create_dataset('d', data=stack, chunks=(1, 48, 64), compression=4, fletcher32=True)
    yield Reader('HDF5, in chunks', folder / 'z.h5', read_frames, same_frames)
    # At half a metre, where hands are.
    np.full((240, 320), 500, '<i2').tofile(folder / 'a.skdepth')
    yield Reader('SKDEPTH', folder / 'a.skdepth', read_frames, same_frames)


def years(time_s: float) -> float:
    """Of a time, which may be counted from 1970."""
    return time_s / (365 * 24 * 3600)


def camera_reader(folder: Path) -> Reader:
    """A recording's camera, with its frames."""
    for name in ('0.png', '1.png'):
        write_depth_png_mm(str(folder / name), depth_m())
    path = folder / 'camera.json'
    write_json(path, dict(intrinsics=CAMERA, depth_unit_m=0.001, fps=30.0, times_s=[0.0, 0.033]))

    def read(path: Path) -> Any:
        # What is wrong with the camera is what is wrong with the frames.
        return [
            [list(f.intrinsics or ()), f.unit_m, years(f.time_s or 0), f.read().depth_m]
            for f in list_frames(str(path.parent))
        ]

    return Reader('camera.json', path, read, sane)


def label_readers(folder: Path, known: Path) -> Iterator[Reader]:
    """Labels, boxes and predictions."""
    for name in ('a.png', 'b.png'):
        write_depth_png_mm(str(folder / name), depth_m())
    people = [
        dict(
            id=i,
            image_id=i,
            category_id=1,
            bbox=[20, 4, 24, 42],
            keypoints=[32, 10, 2, 26, 20, 1, 38, 20, 2],
        )
        for i in (1, 2)
    ]
    images = [
        dict(id=i, file_name=name, width=64, height=48) for i, name in ((1, 'a.png'), (2, 'b.png'))
    ]
    coco = folder / 'mine.json'
    write_json(
        coco, dict(depth_unit_m=0.001, intrinsics=CAMERA, images=images, annotations=people)
    )

    def read_coco(path: Path) -> Any:
        data = DepthCocoDataset(
            ann_file=str(path),
            metainfo=INFO,
            data_prefix=dict(img=str(folder)),
            pipeline=[],
            serialize_data=False,
        )
        return [
            {key: info[key] for key in ('keypoints', 'keypoints_visible', 'bbox', 'depth_unit_m')}
            for info in map(data.get_data_info, range(len(data)))
        ]

    yield Reader('COCO', coco, read_coco, sane)

    boxes = folder / 'boxes.json'
    content = [dict(image_id=i, bbox=[20, 4, 24, 42], score=0.9, category_id=1) for i in (0, 1)]
    write_json(boxes, content)
    frames = list_frames([str(folder / 'a.png'), str(folder / 'b.png')], intrinsics=CAMERA)

    def read_boxes(path: Path) -> Any:
        boxes_of = given_boxes(str(path), frames)
        return [boxes_of(i, frame.read()) for i, frame in enumerate(frames)]

    yield Reader("detector's boxes", boxes, read_boxes, sane)

    table = folder / 'joints.csv'
    table.write_text(
        'image,head_x,head_y,left_hand_x,left_hand_y,right_hand_x,right_hand_y\n'
        'a.png,32,10,26,20,38,20\nb.png,32.5,10.25,,,38,20\n'
    )
    yield Reader('CSV of joints', table, lambda path: list(read_joint_table(str(path))), sane)

    joints = np.random.default_rng(0).uniform(0.2, 2, (4, 3, 3)) + (0, 0, 1)
    np.savetxt(folder / 'pred.txt', joints.reshape(4, 9), fmt='%.4f')
    np.save(folder / 'pred.npy', joints)
    np.savez(folder / 'pred.npz', joints=joints)

    def read_predictions(path: Path) -> np.ndarray:
        values = read_joints(str(path), 3)
        return to_camera(values, 'xyz', source=str(path))

    for name in ('pred.txt', 'pred.npy', 'pred.npz'):
        yield Reader(f'predictions, {name[5:]}', folder / name, read_predictions, sane_joints)

    dump = folder / 'dump.json'
    person = dict(
        keypoints=joints[0, :, :2].tolist(), keypoint_scores=[1.0, 1.0, 1.0], bbox=[[1, 2, 3, 4]]
    )
    frame = dumped_frame(dict(img_path='a.png', img_id=1), [person], joints[:1, :, :2])
    write_dump(str(dump), list(NAMES), [frame, frame])
    yield Reader(
        'dump of predictions', dump, lambda path: [list(f) for f in read_dump(str(path))], sane
    )


def sane_joints(reference: Any, found: Any) -> bool:
    """No joint is where no depth camera sees."""
    return bool((np.abs(found[np.isfinite(found)]) < LARGEST).all())


def data_set_readers(folder: Path) -> Iterator[Reader]:
    """The files of K2HPD, ITOP and ASTAR."""
    k2hpd = folder / 'k2hpd'
    (k2hpd / 'img').mkdir(parents=True)
    lines = []
    for i in range(4):
        (k2hpd / 'img' / f'{i:08d}.png').touch()
        lines.append(f'{i:08d}.png ' + ','.join(str(90 + j + i) for j in range(38)))
    annotations = k2hpd / 'train_annos.txt'
    annotations.write_text('\n'.join(lines) + '\n')

    def read_k2hpd(path: Path) -> Any:
        data = K2HPDDataset(
            ann_file=str(path),
            data_prefix=dict(img=str(k2hpd / 'img')),
            pipeline=[],
            serialize_data=False,
        )
        return infos(data, 'keypoints', 'bbox')

    yield Reader('K2HPD, joints', annotations, read_k2hpd, sane)

    itop = write_itop(folder / 'itop', frames=4)
    labels = itop / 'ITOP_side_train_labels.h5'
    # Nearly all of the file, and never read.
    with h5py.File(labels, 'r') as file:
        kept = {name: file[name][:] for name in file if name != 'segmentation'}
    with h5py.File(labels, 'w') as file:
        file.update(kept)

    def read_itop(path: Path) -> Any:
        data = ITOPDataset('side', 'train', data_root=str(itop), pipeline=[], serialize_data=False)
        return infos(data, 'keypoints', 'keypoints_cam', 'bbox')

    yield Reader('ITOP, joints', labels, read_itop, sane)
    yield Reader('ITOP, depth', itop / 'ITOP_side_train_depth_map.h5', read_itop, sane)

    astar = write_astar(folder / 'astar', subjects=(16,), poses=('1',))
    joints = astar / 'Training_Dataset' / 'subject-16' / 'subject-16_1.shand'

    def read_astar(path: Path) -> Any:
        data = ASTARDataset('train', data_root=str(astar), pipeline=[], serialize_data=False)
        return infos(data, 'keypoints', 'keypoints_cam', 'bbox')

    yield Reader('ASTAR, joints', joints, read_astar, sane)


def infos(data: Any, *keys: str) -> List[Any]:
    """What a data set gives, sample by sample."""
    return [[info[key] for key in keys] for info in map(data.get_data_info, range(len(data)))]


def model_readers(folder: Path) -> Iterator[Reader]:
    """Networks and checkpoints."""
    crop = np.random.default_rng(0).random((1, 1, SIZE, SIZE), np.float32)
    path = Path(write_known_network(folder / 'known.onnx', METADATA))

    def read_onnx(path: Path) -> Any:
        network = OnnxNetwork(str(path), 1)
        return [network.spec.to_json(), *network(crop)]

    yield Reader('ONNX', path, read_onnx, finite_joints)

    hub = MessageHub.get_instance('torture')
    hub.update_scalar('train/loss', 0.5)
    hub.update_info('cfg', "model = dict(type='Net', width=3)\n")
    hub.update_info('sigmas', np.arange(3.0))
    checkpoint = folder / 'epoch_1.pth'
    weights = torch.nn.Conv2d(1, 4, 3).state_dict()
    torch.save(
        dict(state_dict=weights, message_hub=hub.state_dict(), meta=dict(epoch=1, iter=2)),
        checkpoint,
    )

    def read_checkpoint(path: Path) -> Any:
        found = load_checkpoint_file(str(path))
        tensors = found.get('state_dict', {})
        return [
            {name: value.numpy() for name, value in tensors.items()},
            dict(stored_config(found, str(path))),
        ]

    # What somebody writes with the right checksum may be any network's.
    yield Reader('checkpoint', checkpoint, read_checkpoint, lambda reference, found: True)


def finite_joints(reference: Any, found: Any) -> bool:
    """The same outputs, and no number that is none: weights have no checksum."""
    return form(reference) == form(found) and all(np.isfinite(array).all() for array in found[1:])


def own_readers(folder: Path) -> Iterator[Reader]:
    """Files of earlier runs."""
    scalars = folder / 'scalars.json'
    scalars.write_text(''.join(json.dumps(dict(loss=1 / i, step=i)) + '\n' for i in range(1, 9)))
    yield Reader('scalars.json', scalars, lambda path: read_scalars(str(path)), lambda *_: True)

    part = folder / 'part.npz'
    write_part(part, [1, 2], [dict(joints=np.ones((3, 2))), dict(joints=np.zeros((3, 2)))])
    empty = dict(ids=np.zeros(0, np.int64), joints=np.zeros((0, 3, 2)))
    yield Reader('part of a data set', part, lambda path: read_parts([path], empty), same_form)

    parameters = dict(layout='k2hpd', seed=3, sensor='mixed')
    root = folder / 'made'
    _claim_folder(root, parameters)
    marker = root / '.parts' / 'parameters.json'
    yield Reader('parameters.json', marker, lambda _: _claim_folder(root, parameters), never)

    image = folder / 'set' / 'depth_data' / 'depth_mm' / '00000001.png'
    image.parent.mkdir(parents=True)
    told = folder / 'set' / 'synthesis.json'
    # Another layout: the frame itself is not made again.
    write_json(told, dict(layout='rooms', seed=1, sensor='mixed'))
    yield Reader(
        'synthesis.json', told, lambda _: synthetic_body_mask(str(image)), lambda *_: True
    )


def all_readers(folder: Path) -> List[Reader]:
    """Every reader, with its whole file below a folder.

    Args:
        folder (Path): Empty.
    """
    made: List[Reader] = []
    sources: List[Callable[[Path], Iterator[Reader]]] = [
        frame_readers,
        lambda place: iter([camera_reader(place)]),
        lambda place: label_readers(place, place),
        data_set_readers,
        model_readers,
        own_readers,
    ]
    for number, source in enumerate(sources):
        place = folder / str(number)
        place.mkdir()
        made += source(place)
    return made


__all__ = ['all_readers', 'same']
