"""Tocsin's own eyes: one file for each thing that a probe speaks. No address is reached unchecked (B8)."""
