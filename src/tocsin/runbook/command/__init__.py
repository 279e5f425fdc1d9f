"""One command of a runbook: read as argv, judged by what it does, made ready to be run. Advice; never a barrier."""
