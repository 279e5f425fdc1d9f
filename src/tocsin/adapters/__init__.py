"""DO: one file per outside system, one port each."""
