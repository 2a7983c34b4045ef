"""The inferencer against MMPose's own test path, and what may go wrong."""

import copy
import json

import cv2
import numpy as np
import pytest
import torch
from mmengine.dataset import Compose, pseudo_collate

from mmpose.registry import DATASETS, INFERENCERS
from mmpose_cmb.apis import DepthPoseInferencer
from mmpose_cmb.camera import ITOP_CAMERA
from mmpose_cmb.depth.frame import DepthFrame
from mmpose_cmb.depth.person_box import find_person_box
from mmpose_cmb.pose.predictor import NOBODY_OF_SIZE

from .conftest import INTRINSICS, load_config, person_frame, random_weights

BOX = np.float32([[100, 30, 200, 235]])


def run(inferencer, inputs, **options):
    return list(inferencer(inputs, **options))


def test_registered():
    assert INFERENCERS.get('DepthPoseInferencer') is DepthPoseInferencer
    assert INFERENCERS.get('depth-pose-estimation') is DepthPoseInferencer


@pytest.mark.parametrize('flip_test', [False, True])
@pytest.mark.parametrize('fold', [False, True])
@pytest.mark.parametrize('batch_size', [1, 4])
def test_the_numbers_of_mmposes_own_test(config, weights, itop_files, flip_test, fold, batch_size):
    inferencer = DepthPoseInferencer(config, weights, 'cpu', flip_test=flip_test, fold=fold)
    dataset = DATASETS.build(dict(config.test_dataloader.dataset, data_root=str(itop_files)))
    model = inferencer.model
    with torch.no_grad():
        samples = [
            model.test_step(pseudo_collate([dataset[i]]))[0].pred_instances
            for i in range(len(dataset))
        ]
    found = run(
        inferencer,
        str(itop_files / 'ITOP_side_test_depth_map.h5'),
        bboxes=[sample.bboxes for sample in samples],
        return_datasamples=True,
        batch_size=batch_size,
    )
    found = [s.pred_instances for r in found for s in r['predictions']]
    assert len(found) == len(samples) == 6
    for ours, theirs in zip(found, samples):
        # Heat maps of random weights are flat: the sub-pixel step enlarges
        # the rounding of the folded network.
        np.testing.assert_allclose(ours.keypoints, theirs.keypoints, atol=1e-3 if fold else 1e-4)
        np.testing.assert_allclose(
            ours.keypoint_scores, theirs.keypoint_scores, rtol=1e-4, atol=1e-5
        )
        np.testing.assert_allclose(ours.keypoints_cam, theirs.keypoints_cam, atol=1e-5)
    # The frames differ, or this would compare constants.
    assert np.ptp([s.keypoints for s in samples], axis=0).max() > 1


def test_estimate_gives_the_same_without_mmposes_types(inferencer):
    frames = [DepthFrame(person_frame(), INTRINSICS), DepthFrame(person_frame(30), INTRINSICS)]
    persons = inferencer.estimate(frames)
    assert [len(p) for p in persons] == [1, 1]
    results = run(inferencer, frames, return_datasamples=True, batch_size=2)[0]
    for (person,), sample in zip(persons, results['predictions']):
        theirs = sample.pred_instances
        np.testing.assert_array_equal(person.keypoints, theirs.keypoints[0])
        np.testing.assert_array_equal(person.keypoints_cam, theirs.keypoints_cam[0])
        assert person.keypoint_scores.shape == (15,)
    box = find_person_box(frames[0].depth_m, ITOP_CAMERA)
    np.testing.assert_array_equal(persons[0][0].bbox, box.bbox)
    assert persons[0][0].bbox_score == pytest.approx(box.score)


def test_several_persons_through_boxes(inferencer):
    frame = DepthFrame(person_frame(), INTRINSICS)
    boxes = np.float32([[100, 30, 200, 235], [90, 20, 210, 120]])
    (persons,) = inferencer.estimate([frame], [boxes])
    assert len(persons) == 2
    for person, box in zip(persons, boxes):
        (alone,) = inferencer.estimate([frame], [box[None]])[0]
        np.testing.assert_allclose(person.keypoints, alone.keypoints, atol=1e-4)
        np.testing.assert_array_equal(person.bbox, box)
    # None in place of boxes: the person is looked for.
    mixed = inferencer.estimate([frame, frame], [boxes, None])
    assert [len(p) for p in mixed] == [2, 1]


def test_for_drawing(inferencer):
    assert inferencer.keypoint_names[:2] == ['head', 'neck']
    assert inferencer.skeleton_links[:2] == [(0, 1), (1, 2)]
    assert len(inferencer.link_colors) == len(inferencer.skeleton_links) == 14
    assert inferencer.keypoint_colors[3] == (0, 255, 0)


def test_joints_in_pixels_and_in_space_are_the_same(inferencer):
    (person,) = inferencer.estimate([DepthFrame(person_frame(), INTRINSICS)])[0]
    x, y, z = person.keypoints_cam.T
    fx, fy, cx, cy = INTRINSICS
    np.testing.assert_allclose(person.keypoints[:, 0], cx + fx * x / z, atol=1e-3)
    np.testing.assert_allclose(person.keypoints[:, 1], cy + fy * y / z, atol=1e-3)


def test_without_intrinsics_joints_are_in_pixels_alone(inferencer, log_messages):
    depth_m = person_frame()
    (first,) = run(inferencer, [depth_m], bboxes=BOX)
    (person,) = first['predictions'][0]
    assert 'keypoints_cam' not in person and len(person['keypoints']) == 15
    (with_camera,) = run(inferencer, [depth_m], bboxes=BOX, intrinsics=INTRINSICS)
    np.testing.assert_allclose(
        person['keypoints'], with_camera['predictions'][0][0]['keypoints'], atol=1e-4
    )
    told = [m for _, m in log_messages if 'intrinsics' in m]
    assert len(told) == 1 and 'in pixels alone' in told[0]
    # Without boxes a usual camera is assumed, and the user is told.
    (result,) = run(inferencer, [depth_m])
    (person,) = result['predictions'][0]
    x1, y1, x2, y2 = np.ravel(person['bbox'])
    assert 90 < x1 < 120 and 180 < x2 < 210 and y1 < 40 and y2 > 228
    assert any('is assumed to find people' in m for _, m in log_messages)
    assert inferencer.report.cameras_assumed == 1


def test_bad_input_costs_that_input_only(inferencer, tmp_path):
    folder = tmp_path / 'recording'
    folder.mkdir()
    stored = np.rint(person_frame() * 1000).astype(np.uint16)
    for i in range(7):
        cv2.imwrite(str(folder / f'{i}.png'), stored)
    cut = folder / '1.png'
    cut.write_bytes(cut.read_bytes()[:200])
    cv2.imwrite(str(folder / '2.png'), np.zeros_like(stored))
    cv2.imwrite(str(folder / '3.png'), np.full_like(stored, 4000))
    cv2.imwrite(str(folder / '4.png'), np.full_like(stored, 60000))
    colour = np.random.default_rng(0).integers(0, 9, (240, 320, 3), np.uint8)
    cv2.imwrite(str(folder / '5.png'), colour)
    results = run(
        inferencer,
        [str(folder), str(tmp_path / 'missing.npy'), b'x'],
        intrinsics=INTRINSICS,
        batch_size=3,
        pred_out_dir=str(tmp_path / 'out'),
    )
    problems = [p for r in results for p in r['problems']]
    persons = [len(p) for r in results for p in r['predictions']]
    assert persons == [1, 0, 0, 0, 0, 0, 1, 0, 0]
    for problem, message in zip(
        problems,
        [
            None,
            '1.png: not a whole PNG',
            '2.png: no pixel is valid',
            f'3.png: {NOBODY_OF_SIZE}',
            '4.png: the unit cannot be guessed',
            '5.png',
            None,
            'missing.npy: no such file',
            'input 2: expected the path',
        ],
    ):
        assert (problem is None) if message is None else message in problem
    failed = [r.reference.name for r in inferencer.report.problems if r.failed]
    assert failed == [str(folder / f'{i}.png') for i in (1, 4, 5)] + [
        str(tmp_path / 'missing.npy'),
        'input 2',
    ]
    summary = json.loads((tmp_path / 'out' / 'summary.json').read_text())
    assert [frame['problem'] for frame in summary['frames']] == problems
    assert [frame['persons'] for frame in summary['frames']] == persons
    assert json.loads((tmp_path / 'out' / '1.json').read_text()) == []


def test_wrong_unit_is_a_message(inferencer):
    stored = np.rint(person_frame() * 1000).astype(np.uint16)
    (result,) = run(inferencer, [stored], unit_m=1.0, intrinsics=INTRINSICS)
    assert 'the middle distance is 4000 m' in result['problems'][0]


def test_boxes_that_are_none_or_empty(inferencer):
    frames = [DepthFrame(person_frame(), INTRINSICS, name=n) for n in 'ab']
    results = run(inferencer, frames, bboxes=[[[9, 9, 5, 5]], BOX])
    assert 'is not a box' in results[0]['problems'][0]
    assert results[1]['problems'] == [None]
    empty = np.zeros((240, 320), np.float32)
    empty[:, 200:] = 3
    (result,) = run(inferencer, [DepthFrame(empty, INTRINSICS)], bboxes=[[[10, 10, 50, 50]]])
    assert 'no pixel in the boxes is valid' in result['problems'][0]
    (result,) = run(inferencer, frames[:1], bboxes=[np.zeros((0, 4))])
    assert result['problems'][0].endswith(NOBODY_OF_SIZE)


def test_mistakes_show_at_the_call(inferencer, config, weights, tmp_path):
    with pytest.raises(ValueError, match='batch_size'):
        inferencer(BOX, batch_size=0)
    with pytest.raises(ValueError, match='unknown argument.*bbox'):
        inferencer(person_frame(), bbox=BOX)
    with pytest.raises(ValueError, match='1 frames need as many.*got 2'):
        inferencer(person_frame(), bboxes=[BOX, BOX])
    with pytest.raises(ValueError, match='intrinsics'):
        inferencer(person_frame(), intrinsics=(1, 2))
    with pytest.raises(FileNotFoundError, match='nowhere.json'):
        inferencer(person_frame(), bboxes='nowhere.json')
    with pytest.raises(FileNotFoundError, match='nowhere.py: no such config'):
        DepthPoseInferencer('nowhere.py', weights)
    with pytest.raises(ValueError, match='nothing: no such config file.*models are cmb_k2hpd'):
        DepthPoseInferencer('nothing', weights)
    other = load_config('cmb_k2hpd_demo.py')
    with pytest.raises(ValueError, match='not one of this config'):
        DepthPoseInferencer(other, weights, device='cpu')
    colour = copy.deepcopy(config)
    colour.test_dataloader.dataset.pipeline[0] = dict(type='LoadImage')
    with pytest.raises(ValueError, match='begins with LoadImage'):
        DepthPoseInferencer(colour, weights, device='cpu')


def test_pictures(inferencer, tmp_path):
    frames = [
        DepthFrame(person_frame(), INTRINSICS, name='rec/a.png'),
        DepthFrame(person_frame(9), name='rec/a.png'),
        DepthFrame(np.zeros((240, 320), np.float32), INTRINSICS, name='b'),
    ]
    results = run(
        inferencer,
        frames,
        bboxes=[BOX] * 3,
        out_dir=str(tmp_path),
        return_vis=True,
        kpt_thr=0.0,
        draw_bbox=True,
    )
    drawn = [r['visualization'][0] for r in results]
    # Three panels where the joints are known in space, else one.
    assert drawn[0].shape[1] > 2.5 * drawn[1].shape[1]
    assert drawn[1].shape == drawn[2].shape
    folder = tmp_path / 'visualizations'
    assert sorted(p.name for p in folder.iterdir()) == ['a.png', 'a_2.png', 'b.png']
    read = cv2.imread(str(folder / 'a_2.png'))[..., ::-1]
    np.testing.assert_array_equal(read, drawn[1])
    assert len(list((tmp_path / 'predictions').iterdir())) == 4


def test_predictions_in_mmposes_json(inferencer, itop_files, tmp_path):
    image = tmp_path / 'one.npy'
    np.save(image, person_frame())
    path = itop_files / 'ITOP_side_test_depth_map.h5'
    out = tmp_path / 'out'
    results = run(
        inferencer,
        [str(image), str(path)],
        intrinsics=INTRINSICS,
        batch_size=4,
        pred_out_dir=str(out),
    )
    persons = [p for r in results for p in r['predictions']]
    one = json.loads((out / 'one.json').read_text())
    assert one == json.loads(json.dumps(persons[0]))
    assert sorted(one[0]) == [
        'bbox',
        'bbox_score',
        'keypoint_scores',
        'keypoints',
        'keypoints_cam',
    ]
    many = json.loads((out / f'{path.stem}.json').read_text())
    assert [frame['frame_id'] for frame in many] == list(range(6))
    assert [f['instances'] for f in many] == json.loads(json.dumps(persons[1:]))
    summary = json.loads((out / 'summary.json').read_text())
    assert summary['meta_info']['keypoints'] == inferencer.keypoint_names
    assert [f['predictions'] for f in summary['frames']] == ['one.json'] + [
        f'{path.stem}.json'
    ] * 6


def test_what_there_is_is_written_when_the_caller_stops(inferencer, itop_files, tmp_path):
    path = itop_files / 'ITOP_side_test_depth_map.h5'
    results = inferencer(str(path), pred_out_dir=str(tmp_path / 'out'))
    next(results), next(results)
    results.close()
    summary = json.loads((tmp_path / 'out' / 'summary.json').read_text())
    assert len(summary['frames']) == 2


def test_boxes_of_a_detectors_file(inferencer, itop_files, tmp_path):
    box = dict(category_id=1, bbox=[100, 30, 100, 205], score=0.9)
    path = tmp_path / 'boxes.json'
    path.write_text(json.dumps([dict(box, image_id=i) for i in (0, 3)]))
    results = run(inferencer, str(itop_files / 'ITOP_side_test_depth_map.h5'), bboxes=str(path))
    persons = [r['predictions'][0] for r in results]
    assert [len(p) for p in persons] == [1, 0, 0, 1, 0, 0]
    assert persons[0][0]['bbox_score'] == pytest.approx(0.9)
    np.testing.assert_allclose(np.ravel(persons[0][0]['bbox']), [100, 30, 200, 235])


def test_grey_levels_have_the_unit_of_the_models_data(tmp_path, log_messages):
    config = load_config('cmb_k2hpd_demo.py')
    config.model.head.out_channels = 19
    weights = random_weights(config, tmp_path / 'k2hpd.pth')
    inferencer = DepthPoseInferencer(config, weights, device='cpu', detector='none')
    assert inferencer.spec.depth_unit_m == 0.02
    grey = np.rint(person_frame() / 0.02).astype(np.uint8)
    (result,) = run(inferencer, [grey], intrinsics=INTRINSICS)
    (person,) = result['predictions'][0]
    # A head without depth gives none.
    assert 'keypoints_cam' not in person and len(person['keypoints']) == 19
    assert any('units of 0.02 m' in m for _, m in log_messages)
    assert not any('in pixels alone' in m for _, m in log_messages)


def test_hands_lose_their_background(tmp_path):
    config = load_config('cmb_astar_demo.py')
    weights = random_weights(config, tmp_path / 'hand.pth')
    inferencer = DepthPoseInferencer(config, weights, device='cpu')
    depth_m = np.full((240, 320), 1.2, np.float32)
    depth_m[80:180, 100:150] = np.linspace(0.5, 0.55, 50)
    alone = np.where(depth_m > 0.83, 0, depth_m)
    path = tmp_path / 'hand.skdepth'
    stored = np.rint(depth_m * 1000).astype('<i2')
    stored[:5] = 32001
    stored.tofile(path)
    (result,) = run(inferencer, str(path))
    (hand,) = result['predictions'][0]
    # Columns 100 to 149, rows 80 to 179 in cells of 3 pixels, a tenth around them.
    np.testing.assert_allclose(np.ravel(hand['bbox']), [90, 70, 159, 189], atol=3)
    (expected,) = inferencer.estimate([DepthFrame(alone, (224.5, 230.5, 160, 120))])[0]
    np.testing.assert_allclose(hand['keypoints'], expected.keypoints, atol=1)
    assert np.isfinite(hand['keypoints_cam']).all()


def test_any_head_of_mmpose_runs_behind_it(tmp_path):
    """MMPose's own decoding, through ``test_step`` on the crop."""
    config = load_config('cmb_k2hpd_demo.py')
    config.model.head.decoder = dict(
        type='MSRAHeatmap', input_size=(64, 64), heatmap_size=(32, 32), sigma=2
    )
    weights = random_weights(config, tmp_path / 'msra.pth')
    for flip_test in (False, True):
        inferencer = DepthPoseInferencer(config, weights, device='cpu', flip_test=flip_test)
        frame = DepthFrame(person_frame(), INTRINSICS)
        boxes = np.float32([[100, 30, 200, 235], [90, 20, 210, 120]])
        persons = inferencer.predict(frame, boxes)
        config.model.test_cfg.flip_test = flip_test
        pipeline = Compose(config.test_dataloader.dataset.pipeline[1:])
        for person, box in zip(persons, boxes):
            sample = pipeline(
                dict(
                    img=frame.depth_m,
                    img_path='x',
                    bbox=box[None],
                    bbox_score=np.ones(1, np.float32),
                    flip_indices=inferencer.spec.skeleton.flip_indices,
                )
            )
            with torch.no_grad():
                (found,) = inferencer.model.test_step(pseudo_collate([sample]))
            np.testing.assert_allclose(
                person.keypoints, found.pred_instances.keypoints[0], atol=1e-3
            )
            np.testing.assert_allclose(
                person.keypoint_scores, found.pred_instances.keypoint_scores[0], atol=1e-5
            )
        assert np.ptp(persons[0].keypoints, axis=0).max() > 10
