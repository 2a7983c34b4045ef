import numpy as np
import pytest
import torch

from mmpose_cmb.models.heads.score_calibration import KNOTS, ScoreCalibration


def test_an_unfitted_table_changes_no_score():
    scores = torch.rand(3, 4)
    torch.testing.assert_close(ScoreCalibration(4)(scores), scores)


def test_each_joint_has_its_table():
    module = ScoreCalibration(2)
    module.table[1] = torch.linspace(0.5, 0.9, KNOTS)
    scores = torch.tensor([[0.33, 0.33], [1.4, -0.2]])
    expected = [[0.33, 0.5 + 0.4 * 0.33], [1.0, 0.5]]
    np.testing.assert_allclose(module(scores).numpy(), expected, atol=1e-6)


@pytest.mark.parametrize('calibrated', [False, True])
def test_the_heads_scores_are_the_tables(calibrated):
    from mmpose_cmb.models import HourglassHeatmapHead

    torch.manual_seed(0)
    decoder = dict(type='UDPHeatmap', input_size=(16, 16), heatmap_size=(8, 8), sigma=1)
    head = HourglassHeatmapHead(
        (4, 6), out_channels=3, decoder_channels=(5,), calibrated=calibrated, decoder=decoder
    ).eval()
    if calibrated:
        head.calibration.table[:] = 0.25
    feats = (torch.rand(2, 4, 8, 8), torch.rand(2, 6, 4, 4))
    scores = head.decode_tensors(feats)['scores']
    assert (scores == 0.25).all() == calibrated
