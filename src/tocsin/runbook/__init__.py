"""READ: Markdown becomes a Playbook with findings. Pure: no I/O, no clock, nothing is executed or fetched."""
