"""ASK: every use case, once; ports; timekeeper; courier."""
