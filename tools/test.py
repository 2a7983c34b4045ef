"""Test a checkpoint: MMPose's own test.py with mmpose_cmb registered.

Arguments are those of MMPose's tool: ``python tools/test.py --help``.
"""
import os

# Before torch is loaded: its threads otherwise spin while they wait, and take
# the cores from the loader's processes (several times slower on two cores).
os.environ.setdefault('OMP_WAIT_POLICY', 'PASSIVE')

from mmpose_cmb.engine.mmpose_tool import run_mmpose_tool  # noqa: E402

if __name__ == '__main__':
    run_mmpose_tool('test.py')
