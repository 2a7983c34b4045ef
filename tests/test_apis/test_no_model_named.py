"""``DepthPoseInferencer()`` as a newcomer types it, in a process of its own."""

import subprocess
import sys

import numpy as np

from mmpose_cmb.depth.frame import DepthFrame
from mmpose_cmb.runtime import DepthPoseRuntime

CAMERA, BOX = (280, 280, 80, 60), [40, 10, 110, 115]
CODE = f"""
import numpy as np
from mmpose_cmb.apis import DepthPoseInferencer
from mmpose_cmb.depth.frame import DepthFrame

depth_m = np.load('depth.npy')
person, = DepthPoseInferencer(device='cpu').predict(DepthFrame(depth_m, {CAMERA}), [{BOX}])
np.save('joints.npy', person.keypoints_cam)
"""


def test_it_is_the_network_that_comes_with_the_package(tmp_path):
    depth_m = np.full((120, 160), 4, np.float32)
    depth_m[20:110, 60:90] = 2.5 + np.linspace(-1, 1, 30) ** 2 * 0.3
    np.save(tmp_path / 'depth.npy', depth_m)
    done = subprocess.run(
        [sys.executable, '-c', CODE], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    (person,) = DepthPoseRuntime(threads=1).predict(DepthFrame(depth_m, CAMERA), [BOX])
    np.testing.assert_allclose(np.load(tmp_path / 'joints.npy'), person.keypoints_cam, atol=1e-3)
