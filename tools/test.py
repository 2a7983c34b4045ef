"""Test a checkpoint: MMPose's own test.py with mmpose_cmb registered.

Arguments are those of MMPose's tool: ``python tools/test.py --help``.
"""
from mmpose_cmb.engine.mmpose_tool import run_mmpose_tool

if __name__ == '__main__':
    run_mmpose_tool('test.py')
