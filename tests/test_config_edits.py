"""Changes of a config's base, on plain dicts and through MMEngine."""

import pytest
from mmengine.config import Config, ConfigDict

from mmpose_cmb.config_edits import (
    change_parts,
    insert_before,
    replace_parts,
    set_codec,
    wrap_parts,
)


def make_base():
    flip, crop = dict(type='Flip', prob=0.5), dict(type='Crop')
    pipeline = [dict(type='Load'), flip, crop]
    return dict(
        train_pipeline=[dict(step) for step in pipeline],
        train_dataloader=dict(
            dataset=dict(type='Data', pipeline=[dict(step) for step in pipeline])
        ),
        test_dataloader=dict(
            dataset=dict(type='Data', pipeline=[dict(type='Load'), dict(type='Crop')])
        ),
    )


def types(base, loader='train'):
    return [step['type'] for step in base[f'{loader}_dataloader']['dataset']['pipeline']]


def test_change_parts():
    base = make_base()
    change_parts(base, 'Data', root='here')
    change_parts(base, 'Flip', axis=1)
    assert base['test_dataloader']['dataset']['root'] == 'here'
    assert base['train_pipeline'][1] == dict(type='Flip', prob=0.5, axis=1)
    change_parts(base, 'Flip', _delete_=True, axis=2)
    assert base['train_pipeline'][1] == dict(type='Flip', axis=2)
    assert base['train_dataloader']['dataset']['pipeline'][1] == dict(type='Flip', axis=2)
    with pytest.raises(
        ValueError, match='no Flop to change in _base_; its types are Crop, Data, Flip, Load'
    ):
        change_parts(base, 'Flop', axis=1)


def test_changed_values_are_not_shared():
    base = make_base()
    change_parts(base, 'Data', options=dict(a=[1]))
    base['train_dataloader']['dataset']['options']['a'].append(2)
    assert base['test_dataloader']['dataset']['options'] == dict(a=[1])


def test_replace_parts():
    base = make_base()
    replace_parts(base, 'Load', dict(type='LoadA'), dict(type='LoadB'))
    replace_parts(base, 'Flip')
    assert (
        types(base)
        == ['LoadA', 'LoadB', 'Crop']
        == [step['type'] for step in base['train_pipeline']]
    )
    assert types(base, 'test') == ['LoadA', 'LoadB', 'Crop']
    with pytest.raises(ValueError, match='no Flip'):
        replace_parts(base, 'Flip')


def test_insert_before_changes_training_alone():
    base = make_base()
    insert_before(base, 'Crop', dict(type='Noise'), dict(type='Holes'))
    assert types(base) == ['Load', 'Flip', 'Noise', 'Holes', 'Crop']
    assert types(base, 'test') == ['Load', 'Crop']
    with pytest.raises(ValueError, match='no Missing'):
        insert_before(base, 'Missing', dict(type='Noise'))


def test_wrap_parts():
    base = make_base()
    wrap_parts(base, ('Flip', 'Crop'), 'Same')
    assert base['train_pipeline'] == [
        dict(type='Load'),
        dict(type='Same', transforms=[dict(type='Flip', prob=0.5), dict(type='Crop')]),
    ]
    assert types(base) == ['Load', 'Same']
    assert types(base, 'test') == ['Load', 'Crop']
    with pytest.raises(ValueError, match='lists Crop, Load one after'):
        wrap_parts(base, ('Crop', 'Load'), 'Same')


def with_codec(**sizes):
    base = dict(
        model=dict(
            type='Model',
            backbone=dict(type='Net', input_size=None),
            head=dict(type='Head', in_featuremap_size=None, decoder=None),
        ),
        pipeline=[
            dict(type='Crop', input_size=None),
            dict(type='Normalize', half_range_m=None),
            dict(type='Target', encoder=None),
            dict(type='Pack', meta_keys=('input_size',)),
        ],
    )
    set_codec(base, type='Codec', half_range_m=0.5, **sizes)
    return base


def test_set_codec_fills_every_part():
    base = with_codec(input_size=(96, 64), heatmap_size=(48, 32))
    codec = dict(type='Codec', half_range_m=0.5, input_size=(96, 64), heatmap_size=(48, 32))
    assert base['codec'] == base['model']['head']['decoder'] == codec
    assert base['model']['backbone']['input_size'] == (96, 64)
    crop, normalize, target, pack = base['pipeline']
    assert crop == dict(type='Crop', input_size=(96, 64))
    assert normalize == dict(type='Normalize', half_range_m=0.5)
    assert target == dict(type='Target', encoder=codec)
    assert pack == dict(type='Pack', meta_keys=('input_size',))
    assert base['model']['head']['in_featuremap_size'] is None


def test_another_size_keeps_the_ratio_of_the_heat_maps():
    base = with_codec(input_size=(96, 64), heatmap_size=(24, 16))
    base['model']['head']['in_featuremap_size'] = (3, 2)
    set_codec(base, input_size=(192, 192), sigma=1)
    assert base['codec']['heatmap_size'] == (48, 48)
    assert base['codec']['sigma'] == 1
    assert base['codec']['half_range_m'] == 0.5
    assert base['pipeline'][0]['input_size'] == (192, 192)
    assert base['model']['head']['in_featuremap_size'] == (6, 6)
    set_codec(base, input_size=(64, 64), heatmap_size=(64, 64))
    assert base['codec']['heatmap_size'] == (64, 64)
    with pytest.raises(ValueError, match='in_featuremap_size 2 has no whole'):
        set_codec(base, input_size=(65, 64))


def test_a_codec_of_another_type_keeps_nothing():
    base = with_codec(input_size=(96, 64), heatmap_size=(24, 16))
    set_codec(base, type='SimCC', input_size=(96, 64))
    assert base['model']['head']['decoder'] == dict(type='SimCC', input_size=(96, 64))


def test_what_set_codec_refuses():
    with pytest.raises(ValueError, match='no codec yet'):
        set_codec(make_base(), input_size=(64, 64))
    with pytest.raises(ValueError, match='has an encoder or a decoder'):
        set_codec(make_base(), type='Codec', input_size=(64, 64))


def test_through_mmengine(tmp_path):
    """What is put in is read as attributes, in this file and the next."""
    (tmp_path / 'a.py').write_text(
        '_base_ = []\n'
        'pipeline = [dict(type="Crop", input_size=None), '
        'dict(type="Target", encoder=None)]\n'
    )
    (tmp_path / 'b.py').write_text(
        '_base_ = "a.py"\n'
        'from mmpose_cmb.config_edits import replace_parts, set_codec\n'
        'set_codec(_base_, type="Codec", input_size=(4, 4))\n'
        'replace_parts(_base_, "Crop", dict(type="A", b=dict(c=[dict(d=1)])))'
        '\nsize = _base_.codec.input_size\n'
    )
    cfg = Config.fromfile(tmp_path / 'b.py')
    assert set(cfg) == {'pipeline', 'codec', 'size'}
    assert cfg.size == (4, 4)
    assert cfg.pipeline[0].b.c[0].d == 1
    assert isinstance(cfg.pipeline[1].encoder, ConfigDict)
