"""Where steps run, as values: a target has a name, a kind, and what stands there."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from tocsin.incident.consent import Environment
from tocsin.runbook.command.pinning import Pins


class TargetKind(StrEnum):
    """How a target is reached; each kind has one adapter behind the port ``StepRunner``."""

    LOCAL = "local"  # the machine of the server itself
    SSH = "ssh"  # another machine, by the system's own ssh
    RUNNER = "runner"  # wherever a runner with its label is, which asks the server for work


@dataclass(frozen=True, slots=True)
class SshHost:
    """How a host is reached by ssh, and how it is known to be the one: its keys, pinned.

    ``host_keys`` are lines as ``ssh-keyscan`` prints them without the host's name; ``known_hosts`` is a file of such.
    ``identity`` is the file of the private key, the agent's keys and the usual files if empty.
    """

    address: str
    user: str = ""
    port: int = 22
    identity: str = ""
    host_keys: tuple[str, ...] = ()
    known_hosts: str = ""

    @property
    def words(self) -> tuple[str, ...]:
        """What consent to run something there is given to."""
        return (self.address, self.user, str(self.port), *self.host_keys, self.known_hosts)


@dataclass(frozen=True, slots=True)
class Target:
    """One place where steps run. ``hosts`` are the runbook's words for it (`ssh production-server`).

    ``directory`` is where its steps run when the runbook names none. ``ssh`` is there for that kind only, ``runner``
    is the label of the runners of the other. ``pins`` are the cluster, the Docker and the account that its commands
    are held to.
    """

    name: str
    kind: TargetKind = TargetKind.LOCAL
    environment: Environment = Environment.PRODUCTION
    hosts: tuple[str, ...] = ()
    directory: str | None = None
    ssh: SshHost | None = None
    pins: Pins = field(default_factory=Pins)
    runner: str = ""

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of runners that it needs: one or none."""
        return (self.runner,) if self.runner else ()


LOCAL = Target("local")
"""Where a service's steps run when `tocsin.toml` names no target."""
