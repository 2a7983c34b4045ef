import pytest
import torch
import torch.nn.functional as F

from mmpose_cmb.models.heads.average_cells import average_cells, averaging_matrix


@pytest.mark.parametrize('shape', [(32, 32), (48, 40), (12, 96), (13, 12)])
def test_the_exported_form_is_pytorchs_pooling(shape, monkeypatch):
    maps = torch.randn(2, 3, *shape, dtype=torch.float64)
    expected = F.adaptive_avg_pool2d(maps, 12)
    torch.testing.assert_close(average_cells(maps, 12), expected)
    monkeypatch.setattr(torch.onnx, 'is_in_onnx_export', lambda: True)
    # The matrices are made in float32.
    torch.testing.assert_close(average_cells(maps, 12), expected, rtol=0, atol=1e-6)


def test_each_cell_is_a_mean():
    matrix = averaging_matrix(5, 2)
    third = 1 / 3
    torch.testing.assert_close(
        matrix, torch.tensor([[third, third, third, 0, 0], [0, 0, third, third, third]])
    )
