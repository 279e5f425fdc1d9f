"""Schedules that a team has elsewhere, read into ours: what each source means, and what of it we cannot say."""
