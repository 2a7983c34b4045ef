"""Training and testing the 3D configs on synthetic native files."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from mmpose_cmb.camera import ITOP_CAMERA, project

REPOSITORY = Path(__file__).resolve().parents[2]
TOOLS = REPOSITORY / 'tools'
SMALL = """
model = dict(backbone=dict(
    stem_channels=(4, 4), stage_channels=((8, ), (8, 8), (8, 8))))
model['head'] = dict(in_channels=(8, 8, 8), decoder_channels=(8, 8))
train_dataloader = dict(batch_size=8, dataset=dict(data_root=root))
val_dataloader = dict(dataset=dict(data_root=root))
test_dataloader = val_dataloader
train_cfg = dict(max_epochs=1, val_interval=1)
"""


@pytest.fixture(scope='module')
def itop_root(tmp_path_factory, run_tool):
    root = tmp_path_factory.mktemp('data') / 'itop'
    run_tool(
        TOOLS / 'synthesize.py',
        '--layout',
        'itop',
        '--out-dir',
        root,
        '--train',
        16,
        '--test',
        8,
        '--views',
        'side',
    )
    return root


def write_config(path, base, root):
    path.write_text(
        f'_base_ = {str(REPOSITORY / "configs" / base)!r}\nroot = {str(root)!r}\n{SMALL}'
    )
    return path


@pytest.mark.parametrize('base', ['cmb_itop_demo.py', 'cmb_itop_lift_demo.py'])
def test_itop_from_files_to_joints_in_space(base, itop_root, run_tool, tmp_path):
    config = write_config(tmp_path / 'small.py', base, itop_root)
    run_tool(TOOLS / 'train.py', config, '--work-dir', tmp_path)
    run_tool(
        TOOLS / 'test.py',
        config,
        tmp_path / 'epoch_1.pth',
        '--work-dir',
        tmp_path,
        '--out',
        tmp_path / 'metrics.json',
        '--dump',
        tmp_path / 'dump.json',
        '--show-dir',
        'shown',
    )
    metrics = json.loads((tmp_path / 'metrics.json').read_text())
    assert 0 <= metrics['accuracy@10cm'] <= 100
    assert metrics['error_mm/mean'] > 0
    samples = json.loads((tmp_path / 'dump.json').read_text())['frames']
    for sample in samples:
        (person,) = sample['predictions']
        points = np.array(person['keypoints_cam'])
        assert points.shape == (15, 3)
        if 'lift' in base:
            # Pixels and space are the same joints through the camera.
            pixels = project(points, ITOP_CAMERA)
            np.testing.assert_allclose(person['keypoints'], pixels, atol=0.01)
    assert len(list(tmp_path.rglob('shown/*.png'))) == len(samples)
    run_tool(TOOLS / 'draw_predictions.py', config, tmp_path / 'dump.json', tmp_path / 'sheet.png')
    assert (tmp_path / 'sheet.png').is_file()
    if 'lift' in base:
        check_inference(config, tmp_path, itop_root, samples, run_tool)


def check_inference(config, folder, root, samples, run_tool):
    """tools/infer.py gives what tools/test.py gave, in the same boxes."""
    boxes = []
    for sample in samples:
        x1, y1, x2, y2 = sample['predictions'][0]['bbox'][0]
        boxes.append(
            dict(
                image_id=sample['img_id'],
                bbox=[x1, y1, x2 - x1, y2 - y1],
                score=1.0,
                category_id=1,
            )
        )
    (folder / 'boxes.json').write_text(json.dumps(boxes))
    run_tool(
        TOOLS / 'infer.py',
        root / 'ITOP_side_test_depth_map.h5',
        '--config',
        config,
        '--checkpoint',
        folder / 'epoch_1.pth',
        '--bbox-file',
        folder / 'boxes.json',
        '--no-fold',
        '--pred-out-dir',
        folder / 'inferred',
        '--batch-size',
        4,
    )
    frames = json.loads((folder / 'inferred' / 'ITOP_side_test_depth_map.json').read_text())
    inferred = {frame['frame_id']: frame['instances'] for frame in frames}
    for sample in samples:
        (person,) = inferred[sample['img_id']]
        (expected,) = sample['predictions']
        # The box went through a file as x, y, width and height.
        np.testing.assert_allclose(person['keypoints'], expected['keypoints'], atol=1e-4)
        np.testing.assert_allclose(person['keypoints_cam'], expected['keypoints_cam'], atol=1e-5)


def test_astar_from_files_to_joints_in_space(run_tool, tmp_path):
    root = tmp_path / 'astar'
    run_tool(
        TOOLS / 'synthesize.py', '--layout', 'astar', '--out-dir', root, '--train', 8, '--test', 4
    )
    config = write_config(tmp_path / 'small.py', 'cmb_astar.py', root)
    run_tool(TOOLS / 'train.py', config, '--work-dir', tmp_path)
    saved = torch.load(tmp_path / 'epoch_1.pth')
    assert saved['meta']['iter'] == 1
    logged = (
        tmp_path
        / saved['meta']['experiment_name'].split('small_')[-1]
        / 'vis_data'
        / 'scalars.json'
    ).read_text()
    assert 'error_mm/mean' in logged
