"""Alerts, reports, heartbeats and changes on their way from the disk into incidents, and what keeps them quiet."""
