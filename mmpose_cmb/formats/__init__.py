"""Formats of data sets: each in one file that reads and writes it.

A format knows its joints, its camera and its units. NumPy and OpenCV alone,
and h5py where a file needs it.
"""
