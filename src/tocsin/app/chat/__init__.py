"""Incidents in a team's chat: their channels, what is said there, and the commands that people give."""
