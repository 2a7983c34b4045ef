"""Test a checkpoint: MMPose's own test.py with mmpose_cmb registered.

Arguments are those of MMPose's tool: ``python tools/test.py --help``; ``config``
may be a name as well: ``python tools/test.py cmb_k2hpd CHECKPOINT``.
"""

import mmpose_cmb.register  # noqa: F401 (first: it prepares the stack)
from mmpose_cmb.engine.mmpose_tool import run_mmpose_tool

if __name__ == '__main__':
    run_mmpose_tool('test.py')
