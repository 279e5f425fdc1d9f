"""Measurements that a reader can repeat: `make bench`. What they mean is in docs/performance.md."""
