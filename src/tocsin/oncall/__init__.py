"""WHO: schedules, rotations, overrides; who is on call at an instant. Pure."""
