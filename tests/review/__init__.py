"""Tests of LEARN."""
