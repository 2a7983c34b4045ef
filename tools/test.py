"""Test a checkpoint: MMPose's own test.py with mmpose_cmb registered.

Arguments are those of MMPose's tool: ``python tools/test.py --help``; ``config``
may be a name as well: ``python tools/test.py cmb_k2hpd CHECKPOINT``.
"""

from mmpose_cmb.command_line import run


def main() -> None:
    # Here, as Ctrl-C ends the seconds that they take, too.
    import mmpose_cmb.register  # noqa: F401 (first: it prepares the stack)
    from mmpose_cmb.engine.mmpose_tool import run_mmpose_tool

    run_mmpose_tool('test.py')


if __name__ == '__main__':
    run(main)
