"""A study's networks on frames unlike those that they learned from."""
