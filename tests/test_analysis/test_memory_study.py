"""MemoryStudy and its tool: the maps of checkpoints, as numbers, pictures."""

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from mmengine.config import Config

from mmpose.models import build_pose_estimator
from mmpose_cmb import config_path
from mmpose_cmb.analysis import MemoryStudy, record_blocks, silhouette_response
from mmpose_cmb.models import ConvMemoryBlock

TOOLS = Path(__file__).resolve().parents[2] / 'tools' / 'analysis'


@pytest.fixture
def training(k2hpd_root, tmp_path):
    """A config over the small data set, and two checkpoints of it."""
    path = tmp_path / 'small.py'
    path.write_text(f"""
_base_ = __import__('mmpose_cmb').config_path('cmb_k2hpd_demo.py')
model = dict(
    backbone=dict(stem_channels=(4, ), stage_channels=((6, ), (8, ), (8, ))),
    head=dict(in_channels=(6, 8, 8), decoder_channels=(8, 6)))
test_dataloader = dict(dataset=dict(data_root={str(k2hpd_root)!r}))
""")
    torch.manual_seed(0)
    model = build_pose_estimator(Config.fromfile(path).model)
    for number in (1, 2):
        for module in model.modules():
            if isinstance(module, ConvMemoryBlock):
                module.memory.fill_(number)
        torch.save(model.state_dict(), tmp_path / f'epoch_{number}.pth')
    image = k2hpd_root / 'depth_data' / 'depth_images' / '00000025.png'
    return path, tmp_path, image


def test_recorded_maps_are_what_the_block_sees_and_gives(mmpose_scope):
    cfg = Config.fromfile(config_path('cmb_k2hpd_demo.py'))
    model = build_pose_estimator(cfg.model).train()
    x = torch.rand(1, 1, 64, 64)
    found = record_blocks(model, x)
    assert list(found) == [f'backbone.blocks.{i}' for i in range(3)]
    assert model.training
    model.eval()
    net = model.backbone
    with torch.no_grad():
        pooled = net.pool(net.stem(x))
        first = found['backbone.blocks.0']
        torch.testing.assert_close(first.inputs, pooled[0])
        torch.testing.assert_close(first.enhanced, net.blocks[0](pooled)[0, 32:])
    assert torch.equal(first.memory, net.blocks[0].memory)


def test_blocks_without_a_memory(mmpose_scope):
    cfg = Config.fromfile(config_path('ablations/with_convs.py'))
    model = build_pose_estimator(cfg.model)
    maps = record_blocks(model, torch.rand(1, 1, 64, 64))
    assert [m.memory for m in maps.values()] == [None] * 3
    cfg.model.backbone.block = None
    with pytest.raises(ValueError, match='no memory blocks'):
        record_blocks(build_pose_estimator(cfg.model), torch.rand(1, 1, 64, 64))


def test_numbers_and_pictures(training, mmpose_scope):
    config, folder, image = training
    # Records 0 and 1 of the test set are images 24 and 25.
    study = MemoryStudy(str(config), [str(image), '0'])
    for number in (1, 2):
        study.add_checkpoint(str(folder / f'epoch_{number}.pth'))
    first, second = study.contrasts()
    assert set(second) == {f'backbone.blocks.{i}' for i in range(3)}
    block = second['backbone.blocks.1']
    # A flat memory is as strong on the body as beside it.
    assert block['memory'] == pytest.approx(1, abs=1e-6)
    by_hand = [
        silhouette_response(
            record_blocks(study.model, each.batch['inputs'][0][None])['backbone.blocks.1'].inputs,
            each.mask,
        ).contrast
        for each in study.images
    ]
    assert block['feature map'] == pytest.approx(np.sqrt(by_hand[0] * by_hand[1]), rel=1e-5)
    pictures = study.pictures(channels=3)
    assert set(pictures) == set(second)
    for picture in pictures.values():
        assert picture.dtype == np.uint8 and picture.std() > 20
    assert 'epoch_2' in study.table() and '2 images (0 with' in study.table()


def test_tool(training, mmpose_scope, tmp_path, call_tool):
    config, folder, image = training
    ended = call_tool(
        TOOLS / 'visualize_memory.py',
        config,
        folder / 'epoch_1.pth',
        '--images',
        image,
        '--out-dir',
        tmp_path / 'shown',
        '--channels',
        2,
    )
    assert ended.status == 0 and 'backbone.blocks.2' in ended.out
    picture = cv2.imread(str(tmp_path / 'shown' / 'memory_backbone_blocks_0.png'))
    assert picture is not None and picture.std() > 20


@pytest.mark.parametrize(
    'image, message',
    [('8', '8 is not in the config'), ('elsewhere.png', 'elsewhere.png is not in the config')],
)
def test_tool_on_images_of_others(training, mmpose_scope, call_tool, image, message):
    config, folder, _ = training
    ended = call_tool(
        TOOLS / 'visualize_memory.py', config, folder / 'epoch_1.pth', '--images', image
    )
    assert ended.status == 2
    assert message in ended.error and '8 records' in ended.error


def test_get_flops(mmpose_scope, call_tool):
    tool, path = TOOLS / 'get_flops.py', config_path('cmb_k2hpd.py')
    row = call_tool(tool, path).out.splitlines()[-1].split()
    assert row[1:6] == ['1x192x192', '3.306', 'M', '5.712', 'G']
    ended = call_tool(tool, 'missing.py')
    assert ended.status == 2 and 'missing.py' in ended.error
