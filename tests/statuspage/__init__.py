"""Tests of TELL."""
