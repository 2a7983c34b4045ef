"""Samplers: in which order frames are fed."""

from .sequence_batch_sampler import SequenceBatchSampler, sequences_of

__all__ = ['SequenceBatchSampler', 'sequences_of']
