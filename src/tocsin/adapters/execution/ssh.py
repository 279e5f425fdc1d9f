"""Runs a step's command on another host, by the system's own ``ssh``.

Nothing of the command is a word of the local or the remote shell: a fixed loader is started there (Python 3.8 or
newer), gets the warden and the order over the connection, and prepares and watches the pipeline as it is done here. So
blanks are argv to the end, every process is found and ended on that host, and a cut connection ends them too.

The host is known by its pinned keys or refused; nobody is asked anything; no agent or port is forwarded. Once an order
was sent, a connection that breaks leaves the run lost (``Execution.lost``): it is never tried again. A second
connection ends what it has left there, and names what could not be ended.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from tocsin.adapters.execution import connections, fence, kin, passwords, preparing, remote, warden
from tocsin.adapters.execution.local import shell_order
from tocsin.adapters.execution.output import NoMasks, Printed
from tocsin.adapters.execution.preparing import QUIET, RESERVED
from tocsin.adapters.execution.remote import RemoteOrder
from tocsin.adapters.execution.watching import Watching, and_left
from tocsin.app.ports import Execution, Hear, Job, Masks
from tocsin.clock import monotonic
from tocsin.incident.streams import Stream, joined, marks
from tocsin.incident.target import SshHost

CONNECT = 10
"""Seconds in which the host has to answer."""
ARRIVAL = 30.0
"""Seconds in which it has to have let us in and started the loader."""
SLACK = 15.0
"""Seconds beyond its bounds in which a host has to report; ssh gives a silent one up a little sooner."""
_ALIVE = 4

_LOADER = (
    'import os;n=int(open(0,"rb",0,closefd=False).readline());'
    "f=lambda b:b if len(b)==n else f(b+(os.read(0,n-len(b)) or exit(1)));"
    "exec(f(bytes()).decode())"
)
_REMOTE = f"exec python3 -ISc {shlex.quote(_LOADER)}"


class SshSteps:
    """Runs steps on targets of the kind ``ssh``. ``zone`` becomes TZ there; ``program`` is the ssh to use."""

    def __init__(
        self,
        *,
        zone: str = "UTC",
        masks: Callable[[], Masks] = NoMasks,
        program: str = "ssh",
        scratch: Path | None = None,
    ) -> None:
        self._environment = {**QUIET, "TZ": zone}
        self._masks, self._program, self._scratch = masks, program, scratch
        self._sent = _payload()

    def run(self, job: Job, *, hear: Hear = lambda _: None, cancelled: Callable[[], bool] = lambda: False) -> Execution:
        """Run a pipeline there and wait for its end, with the same outcomes as on this machine.

        Its variables are the values that this process has for ``job.variables``, else those of the account there.
        HOME is the account's own. The account's values are masked like ours: they come here before the command begins,
        for this run alone. What was not begun says so in ``trouble``; what was begun and not seen to end is
        ``lost``.
        """
        began, host = monotonic(), job.target.ssh
        if host is None:
            return Execution((), "", False, False, 0.0, f"the target {job.target.name} has no address")
        program = shutil.which(self._program)
        if program is None:
            return Execution((), "", False, False, 0.0, "ssh is not installed on the server: install OpenSSH's client")
        with tempfile.TemporaryDirectory(prefix="tocsin-ssh-", dir=self._scratch, ignore_cleanup_errors=True) as folder:
            command = [program, *_options(host, Path(folder)), "--", host.address, _REMOTE]
            execution = self._watched(command, job, Printed(self._masks(), hear, awaits=True), cancelled)
        return replace(execution, seconds=monotonic() - began)

    def _watched(self, command: Sequence[str], job: Job, printed: Printed, cancelled: Callable[[], bool]) -> Execution:
        try:
            ssh = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=_surroundings(),
                start_new_session=True,  # a terminal's interrupt is for the server, not for a run
            )
        except OSError as error:
            return Execution((), "", False, False, 0.0, f"ssh cannot be started here: {error.strerror}")
        assert ssh.stdin is not None
        assert ssh.stderr is not None
        token = secrets.token_hex(16)
        order = json.dumps(self._order(job, token)).encode() + b"\n"
        outputs = {ssh.stderr.fileno(): Stream.STDERR}
        watch = Watching(ssh, order, outputs, printed, job.limits, cancelled, ARRIVAL, SLACK, token.encode())
        try:
            ssh.stdin.write(self._sent)
            ssh.stdin.flush()
        except BrokenPipeError:
            pass  # ssh says why on its standard error, which is read below
        try:
            watch.watch()
        finally:
            code = _closed(ssh)
        printed.close()
        execution = watch.execution() or _without_report(watch, job, code)
        if watch.report is None and watch.private:
            return replace(execution, trouble=f"{execution.trouble}; {self._end(command, watch.private)}")
        return execution

    def _end(self, command: Sequence[str], private: str) -> str:
        """End what a lost run has left there, by a connection of its own; what became of it, in words."""
        order, around = json.dumps({"left_by": private}).encode() + b"\n", _surroundings()
        try:
            done = subprocess.run(
                command, input=self._sent + order, capture_output=True, timeout=ARRIVAL, env=around, check=False
            )
            left = next(filter(None, map(_left, done.stdout.splitlines())), None)
        except (OSError, subprocess.TimeoutExpired):
            left = None
        if left is None:
            return "whether something of it still runs there is not known either"
        return and_left("", left["left"]) or "nothing of it runs there any more"

    def _order(self, job: Job, token: str) -> RemoteOrder:
        names = [name for name in job.variables if name not in RESERVED]
        return {
            "pipeline": [list(stage) for stage in job.pipeline],
            "directory": job.directory,
            "environment": {**self._environment, **{name: os.environ[name] for name in names if name in os.environ}},
            "names": names,
            "timeout": job.limits.total.total_seconds(),
            "connect": job.limits.connect.total_seconds() if job.limits.connect else 0.0,
            "memory": job.limits.memory,
            "processes": job.limits.processes,
            "shell": shell_order(job),
            "token": token,
        }


def _options(host: SshHost, folder: Path) -> list[str]:
    """Everything that the person's or the machine's own ssh configuration could say otherwise is said here."""
    known = host.known_hosts
    if not known:
        file = folder / "known_hosts"
        file.write_text("".join(f"target {key}\n" for key in host.host_keys), encoding="utf-8")
        known = str(file)
    said = {
        "BatchMode": "yes",
        "StrictHostKeyChecking": "yes",
        "UserKnownHostsFile": known,
        "GlobalKnownHostsFile": "/dev/null",
        "UpdateHostKeys": "no",
        "ConnectTimeout": str(CONNECT),
        "ConnectionAttempts": "1",
        "ServerAliveInterval": str(_ALIVE),
        "ServerAliveCountMax": "3",
        "ClearAllForwardings": "yes",
        "ForwardAgent": "no",
        "ControlMaster": "no",
        "ControlPath": "none",
        "PermitLocalCommand": "no",
        "LogLevel": "ERROR",
    }
    if not host.known_hosts:
        said["HostKeyAlias"] = "target"
    if host.identity:
        said["IdentitiesOnly"] = "yes"
    words = ["-F", "none", "-T", "-x", "-p", str(host.port)]
    words += ["-l", host.user] if host.user else []
    words += ["-i", host.identity] if host.identity else []
    return words + [word for name, value in said.items() for word in ("-o", f"{name}={value}")]


def _surroundings() -> dict[str, str]:
    """What ssh itself needs here: its keys' home and agent, no secret of the server."""
    names = ("HOME", "USER", "LOGNAME", "PATH", "SSH_AUTH_SOCK")
    return {"LANG": "C.UTF-8", **{name: os.environ[name] for name in names if name in os.environ}}


def _payload() -> bytes:
    """The modules of the far end, as a program that makes and starts them."""
    there = (connections, fence, kin, warden, passwords, preparing, remote)
    sources = {one.__name__: Path(str(one.__file__)).read_text(encoding="utf-8") for one in there}
    program = (
        "import sys, types\n"
        f"for name, source in {sources!r}.items():\n"
        "    module = sys.modules[name] = types.ModuleType(name)\n"
        "    exec(compile(source, name, 'exec'), module.__dict__)\n"
        f"sys.modules[{remote.__name__!r}].main()\n"
    ).encode()
    return b"%d\n" % len(program) + program


def _closed(ssh: subprocess.Popen[bytes]) -> int | None:
    """Close the life line and wait for ssh; its exit code, None when it had to be killed."""
    for pipe in (ssh.stdin, ssh.stdout, ssh.stderr):
        if pipe is not None:
            try:
                pipe.close()
            except BrokenPipeError:
                continue
    try:
        return ssh.wait(2)
    except subprocess.TimeoutExpired:
        ssh.kill()
        ssh.wait()
        return None


def _left(line: bytes) -> dict[str, list[str]] | None:
    """The word of the far end about what it could not end; None for any other line."""
    try:
        said = json.loads(line)
    except ValueError:
        return None
    left = said.get("left") if isinstance(said, dict) else None
    return {"left": [str(one) for one in left]} if isinstance(left, list) else None


def _without_report(watch: Watching, job: Job, code: int | None) -> Execution:
    said, truncated = watch.printed.kept.pieces()
    text, streams = joined(said), marks(said)
    name = job.target.name
    if watch.refused is not None:
        trouble = str(watch.refused["refused"]).replace(" here", f" on {name}", 1)
        codes = tuple(int(one) for one in watch.refused.get("exit_codes", ()))
        return Execution(codes, "", False, False, 0.0, trouble)
    if not watch.sent:
        if watch.ended:
            return Execution((), "", False, False, 0.0, "", cancelled=True)
        trouble = f"nothing was run: {_unreached(text, job, code)}"
        return Execution((), text, truncated, False, 0.0, trouble, streams=streams)
    trouble = f"the connection to {name} was lost while it ran: nobody can say how it ended; look there"
    return Execution((), text, truncated, False, 0.0, trouble, cancelled=watch.ended, lost=True, streams=streams)


def _unreached(said: str, job: Job, code: int | None) -> str:
    """Why the far end was not there, and what to do about it."""
    name, host = job.target.name, job.target.ssh
    assert host is not None
    place = f"target.{name}.host_keys"
    if "IDENTIFICATION HAS CHANGED" in said:
        return f"{name} has another host key than the pinned one; if it was built anew, correct {place}"
    if re.search(r"Host key verification failed|No \S+ host key is known", said):
        return f"{name} has no key that is pinned; ask its administrator, and correct {place}"
    if "Permission denied" in said:
        account = host.user or "this account"
        return f"{name} does not let {account} in: see target.{name}.identity, and authorized_keys there"
    if code == 127 or "python3" in said:
        return f"{name} has no python3, which ssh targets need; install it there (3.8 or newer)"
    if code is None or code == 255 or code < 0:
        return f"{name} ({host.address}:{host.port}) was not reached within {CONNECT} s, or broke the connection"
    return f"{name} ended the connection with code {code}"
