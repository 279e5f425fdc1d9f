"""Tocsin compiles a team's Markdown incident-response runbook and runs it."""

__version__ = "0.1.0"
