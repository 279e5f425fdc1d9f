"""Procedures and their steps: which sections are one, what they are for, and how their steps hang together."""
