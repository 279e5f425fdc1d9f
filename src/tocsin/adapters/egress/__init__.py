"""Outbound HTTP: the one client, and where it may go."""
