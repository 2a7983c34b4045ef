"""Whether a GPU computes what the CPU does, and how fast: ``tools/gpu_check.py``.

Every check is a function of a device that returns figures or raises; on
``'cpu'`` all but those of NVIDIA's own software run, too, which the tests do.
"""
