"""Schedules from elsewhere."""
