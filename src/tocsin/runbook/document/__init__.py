"""Markdown as text with lines, blocks and sections: what every reader of a runbook stands on."""
