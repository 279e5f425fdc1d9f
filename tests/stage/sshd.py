"""A real OpenSSH server on loopback, as the other machine on which steps run."""

from __future__ import annotations

import getpass
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.stage.child import Child, child, free_port, listens
from tests.stage.presence import require

# The Debian build refuses to start as root without this folder, which its init script makes.
SEPARATION = Path("/run/sshd")


class SSHServer:
    """A running sshd that lets the user of the tests in with one key."""

    def __init__(self, port: int, key: Path, process: Child) -> None:
        self.port = port
        self.key = key
        self.user = getpass.getuser()
        self.process = process

    def client_options(self) -> list[str]:
        """Options for ``ssh`` that reach it without asking anything; the host is 127.0.0.1."""
        return [
            *("-p", str(self.port), "-i", str(self.key), "-o", "BatchMode=yes", "-o", "IdentitiesOnly=yes"),
            *("-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR"),
        ]


@contextmanager
def sshd(directory: Path, **variables: str) -> Iterator[SSHServer]:
    """Run sshd with a host key and a user key made for this block; its accounts have these variables."""
    program = require("sshd")
    if os.geteuid() == 0:
        SEPARATION.mkdir(mode=0o755, exist_ok=True)
    port = free_port()
    host_key, user_key = directory / "ssh_host_key", directory / "ssh_user_key"
    for key in (host_key, user_key):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True, timeout=30)
    config = directory / "sshd_config"
    config.write_text(
        f"ListenAddress 127.0.0.1:{port}\nHostKey {host_key}\nAuthorizedKeysFile {user_key}.pub\n"
        f"PidFile {directory}/sshd.pid\nStrictModes no\nUsePAM no\nPasswordAuthentication no\n"
        "PermitRootLogin prohibit-password\nLogLevel VERBOSE\n"
        + (f"SetEnv {' '.join(f'{name}={value}' for name, value in variables.items())}\n" if variables else ""),
        encoding="utf-8",
    )
    command = [program, "-D", "-e", "-f", str(config)]
    with child(command, log=directory / "sshd.log", ready=lambda: listens(port)) as process:
        yield SSHServer(port, user_key, process)
