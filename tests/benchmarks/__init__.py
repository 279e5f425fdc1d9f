"""Tests of the measurements: that they measure, not what."""
