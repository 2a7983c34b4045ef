"""What a study makes of the variants' configs."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from learning_study import keep_depth_image, round_sampler  # noqa: F401 (register)
from learning_study.plan import REGULARISATIONS, Run
from learning_study.run_config import augmentation, run_config
from learning_study.settings import chosen_settings
from learning_study.variants import Variant, find_variants
from mmengine.config import Config

from mmpose.registry import MODELS, TRANSFORMS
from mmpose_cmb import config_path

SETTINGS = chosen_settings('cpu', dict(iterations=1200))
STUDYS_OWN = ('train_cfg', 'optim_wrapper', 'param_scheduler', 'randomness', 'test_evaluator')


RUN = Run('x', 10, 2)


def config(variant, settings=SETTINGS, run=RUN):
    return run_config(find_variants([variant])[variant], settings, run, Path('frames'), 'work')


def test_a_run():
    cfg = config('cmb')
    loader = cfg.train_dataloader
    assert loader.dataset.data_root == cfg.test_dataloader.dataset.data_root == 'frames'
    assert cfg.val_dataloader.dataset.data_root == 'frames_validation'
    # 1,200 iterations of 16 in 6 rounds of 200.
    assert loader.sampler == dict(
        type='RoundSampler',
        round_length=3200,
        num_frames=2700,
        fraction=10,
        subset_seed=[0],
        sequence_length=1,
        side_by_side=0,
        shuffle=True,
    )
    assert cfg.train_cfg.max_epochs == 6 and cfg.resume
    # A warm-up, and a constant rate from there on.
    assert [s['type'] for s in cfg.param_scheduler] == ['LinearLR']
    assert 'EMAHook' in [h['type'] for h in cfg.custom_hooks]
    ratio = [h for h in cfg.custom_hooks if h['type'] == 'MemoryRatioHook']
    assert [tuple(m) for m in ratio[0]['milestones']] == [(0, 1.0), (400, 3.0)]
    assert 'ProgressHook' not in [h['type'] for h in cfg.custom_hooks]


def test_r_is_switched_where_the_study_says():
    cfg = config('cmb', replace(SETTINGS, ratio_switch=40))
    ratio = [h for h in cfg.custom_hooks if h['type'] == 'MemoryRatioHook']
    assert tuple(ratio[0]['milestones'][1]) == (40, 3.0)
    never = config('ratio_not_switched')
    ratio = [h for h in never.custom_hooks if h['type'] == 'MemoryRatioHook']
    assert [tuple(m) for m in ratio[0]['milestones']] == [(0, 1.0)]


def test_regularisation_is_weight_decay_and_augmentation():
    plain = config('cmb').optim_wrapper.optimizer
    both = config('cmb', run=Run('cmb', 10, 0, 'decay_and_augmentation'))
    assert plain.type == 'AdamW' and plain.weight_decay == 0
    assert both.optim_wrapper.optimizer == dict(plain, weight_decay=0.1)
    assert drawn(config('cmb'))[1]['rotate_factor'] == 40
    assert drawn(both)[1]['rotate_factor'] == 60


def test_seeds_share_no_random_numbers():
    """EpochSeedHook adds the round to the seed."""
    seeds = {config('cmb', run=Run('x', 10, s)).randomness.seed for s in range(3)}
    assert len(seeds) == 3
    assert min(abs(a - b) for a in seeds for b in seeds if a != b) > 1000


def drawn(cfg):
    found = []
    for transform in cfg.train_dataloader.dataset.pipeline:
        for inner in transform.get('transforms', [transform]):
            if inner['type'].startswith('Random'):
                found.append(inner.to_dict())
    return found


@pytest.mark.parametrize(
    'variant',
    [
        'without_cmb',
        'with_convs',
        'conv_gru',
        'half_memory',
        'simple_baseline_resnet50',
        'rtmpose_s',
        'hrnet_w32',
    ],
)
def test_all_variants_are_trained_alike(variant):
    cfg, reference = config(variant), config('cmb')
    for key in STUDYS_OWN:
        assert cfg[key] == reference[key], key
    assert drawn(cfg) == augmentation(REGULARISATIONS['none']) == drawn(reference)
    assert cfg.train_dataloader.batch_size == 16
    # ... and it is what the variants of the component analysis have.
    base = Config.fromfile(config_path('ablations/cmb.py'))
    assert drawn(base) == drawn(reference)


@pytest.mark.parametrize(
    'variant', ['cmb', 'simple_baseline_resnet50', 'rtmpose_s', 'cpm', 'lite_hrnet18']
)
@pytest.mark.parametrize('size', [64, 128])
def test_networks_at_other_sizes(variant, size, mmpose_scope):
    settings = replace(SETTINGS, input_px=size)
    cfg = config(variant, settings)
    for transform in cfg.train_dataloader.dataset.pipeline:
        if transform['type'] == 'TopdownDepthAffine':
            assert tuple(transform['input_size']) == (size, size)
    codec = cfg.model.head.decoder
    assert tuple(codec.input_size) == (size, size)
    encoder = [t for t in cfg.train_dataloader.dataset.pipeline if t['type'] == 'GenerateTarget'][
        0
    ]['encoder']
    assert encoder.to_dict() == codec.to_dict()
    model = MODELS.build(cfg.model).eval()
    with torch.no_grad():
        maps = model(torch.rand(1, 1, size, size), None, mode='tensor')
    if 'heatmap_size' in codec:
        last = maps[-1] if isinstance(maps, (list, tuple)) else maps
        assert last.shape[-2:] == tuple(codec.heatmap_size[::-1])


def test_heat_maps_have_table_1s_proportions():
    paper = config('cmb_k2hpd', replace(SETTINGS, input_px=192))
    assert paper.model.head.decoder.sigma == 2
    small = config('cmb_k2hpd', replace(SETTINGS, input_px=64))
    demo = Config.fromfile(config_path('cmb_k2hpd_demo.py'))
    assert small.model.head.decoder == demo.model.head.decoder


def test_variants_of_motions():
    cfg = config('conv_lstm')
    assert 'batch_sampler' not in cfg.train_dataloader
    assert cfg.train_dataloader.sampler.side_by_side == 16
    assert not cfg.train_dataloader.sampler.shuffle
    shuffled = config('cmb_sequences_shuffled')
    assert shuffled.train_dataloader.sampler.side_by_side == 0
    assert shuffled.train_dataloader.sampler.shuffle
    for cfg in (cfg, shuffled):  # noqa: B020
        assert cfg.train_dataloader.sampler.sequence_length == 10
        assert cfg.test_dataloader.dataset.data_root == 'frames_sequences'
        assert cfg.val_dataloader.dataset.data_root == 'frames_sequences_validation'


def test_what_a_variant_learns_from_is_not_guessed(tmp_path):
    """Neither from the name of a folder, nor from that of the config."""
    text = write(
        tmp_path,
        'data_root = "data/sequences/"\n'
        'train_dataloader = dict(dataset=dict(data_root=data_root))',
    )
    assert own(text).train_dataloader.dataset.data_root == 'frames'
    path = find_variants(['conv_gru'])['conv_gru'].config
    with pytest.raises(ValueError, match='say so with --motions x'):
        own(f'x={path}')


@pytest.mark.parametrize('name', ['cmb', 'with_convs', 'double_memory', 'conv_gru'])
def test_width_is_that_of_the_whole_network(name, mmpose_scope):
    """A convolution of half as many channels on both sides has a quarter of the weights."""
    full, half = (MODELS.build(config(name, replace(SETTINGS, width=w)).model) for w in (1, 0.5))
    theirs = dict(half.named_parameters())
    # Apart from the image's one channel and the 19 joints.
    ends = ('backbone.stem.0.conv.weight', 'head.final_layer.weight')
    inner = [n for n, p in full.named_parameters() if p.dim() == 4 and n not in ends]
    assert len(inner) > 10 and len(theirs) == len(dict(full.named_parameters()))
    for name in inner:
        assert full.get_parameter(name).numel() == 4 * theirs[name].numel(), name
    peers = [config('rtmpose_s', replace(SETTINGS, width=w)).model for w in (1, 0.5)]
    assert peers[0] == peers[1]


def test_images_are_loaded_once(tmp_path, mmpose_scope):
    path = tmp_path / 'frame.png'
    cv2.imwrite(str(path), np.full((4, 6), 50, np.uint8))
    load = TRANSFORMS.build(config('cmb').train_dataloader.dataset.pipeline[0])
    first = load(dict(img_path=str(path)))
    path.unlink()
    again = load(dict(img_path=str(path), img_id=3))
    assert again['img_id'] == 3 and again['img_shape'] == (4, 6)
    np.testing.assert_array_equal(again['img'], np.full((4, 6), 50 * 0.02, np.float32))
    # What comes later cannot spoil it.
    with pytest.raises(ValueError, match='read-only'):
        first['img'][0] = 0


def test_subsets_of_their_own_for_each_seed():
    settings = replace(SETTINGS, resample_subsets=True, data_seed=4)
    cfg = config('cmb', settings)
    assert cfg.train_dataloader.sampler.subset_seed == [4, 2]


def test_bfloat16_for_all_variants_or_none():
    for bf16, name in ((False, 'OptimWrapper'), (True, 'BFloat16OptimWrapper')):
        for variant in ('cmb', 'without_cmb'):
            cfg = config(variant, replace(SETTINGS, bf16=bf16))
            assert cfg.optim_wrapper.type == name


def write(tmp_path, text):
    path = tmp_path / 'variant.py'
    base = config_path('cmb_k2hpd_demo.py')
    path.write_text(f'_base_ = {base!r}\n{text}')
    return f'x={path}'


def own(text_path):
    name, _, path = text_path.partition('=')
    return run_config(Variant(path), SETTINGS, Run(name, 10, 0), Path('frames'), 'work')


def test_trained_weights_are_refused(tmp_path):
    with pytest.raises(ValueError, match='from scratch'):
        own(write(tmp_path, 'load_from = "weights.pth"'))
    with pytest.raises(ValueError, match='from scratch'):
        own(
            write(
                tmp_path,
                'model = dict(backbone=dict(init_cfg=dict('
                'type="Pretrained", checkpoint="weights.pth")))',
            )
        )


def test_a_config_that_cannot_be_augmented_alike_is_refused(tmp_path):
    with pytest.raises(ValueError, match='RandomFlip and then RandomBox'):
        own(
            write(
                tmp_path,
                'train_pipeline = [*_base_.load, _base_.affine]\n'
                'train_dataloader = dict(dataset=dict('
                'pipeline=train_pipeline))',
            )
        )


def test_a_size_that_breaks_a_heat_map_is_refused():
    with pytest.raises(ValueError, match='choose another input size'):
        config('simple_baseline_resnet50', replace(SETTINGS, input_px=70))
