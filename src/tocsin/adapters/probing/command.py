"""A command of the team's own: 0 is good. It comes from the settings only, and goes through no shell."""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import suppress
from tempfile import TemporaryFile

from tocsin.adapters.probing.reaching import Bad, Deadline, in_words
from tocsin.alerts.probe import Probe
from tocsin.incident.terminal_text import plain

PASSED_ON = ("PATH", "HOME", "LANG", "TZ")
SAID = 300
"""Characters of its last line that are kept."""
READ = 4096


def look(probe: Probe, deadline: Deadline) -> None:
    """Run it; after its time it is killed with all that it started. Raises Bad."""
    environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    with TemporaryFile() as output:
        try:
            child = subprocess.Popen(
                probe.command,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except OSError as error:
            raise Bad(f"it cannot be started: {in_words(error)}") from None
        try:
            status = child.wait(deadline.left())
        except subprocess.TimeoutExpired:
            raise Bad(f"it did not end within {deadline.seconds:g} s") from None
        finally:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
        if status:
            output.seek(max(0, output.seek(0, os.SEEK_END) - READ))
            said = [line for line in plain(output.read().decode("utf-8", "replace")).splitlines() if line.strip()]
            raise Bad(f"it ended with {status}" + (f": {said[-1].strip()[:SAID]}" if said else ""))
