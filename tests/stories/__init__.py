"""Stories: a runbook, what people did and when, and the timeline that must result, as Markdown."""
