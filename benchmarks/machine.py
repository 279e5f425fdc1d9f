"""Where the figures were taken, in words: enough to compare with, nothing that names a machine."""

from __future__ import annotations

import os
import platform
import shutil
import sqlite3
import subprocess


def described() -> str:
    """One line about the machine, one about how busy it was when this was asked."""
    cores = os.cpu_count() or 1
    python = f"{platform.python_implementation()} {platform.python_version()}"
    busy = os.getloadavg()[0]
    return (
        f"{cores} cores, {platform.system()} {platform.release().split('-')[0]}, {python}, "
        f"SQLite {sqlite3.sqlite_version}, Alertmanager {_alertmanager()}; load when it began: {busy:.1f}"
    )


def _alertmanager() -> str:
    program = shutil.which("prometheus-alertmanager") or shutil.which("alertmanager")
    if program is None:
        return "missing"
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False, timeout=10)
    words = (said.stdout + said.stderr).split()
    return words[2] if len(words) > 2 else "of an unknown version"
