"""Where steps run, as values: a target has a name, a kind, and what stands there."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tocsin.incident.consent import Environment


class TargetKind(StrEnum):
    """How a target is reached; each kind has one adapter behind the port ``StepRunner``."""

    LOCAL = "local"  # the machine of the server itself


@dataclass(frozen=True, slots=True)
class Target:
    """One place where steps run. ``hosts`` are the runbook's words for it (`ssh production-server`)."""

    name: str
    kind: TargetKind = TargetKind.LOCAL
    environment: Environment = Environment.PRODUCTION
    hosts: tuple[str, ...] = ()


LOCAL = Target("local")
"""Where a service's steps run when `tocsin.toml` names no target."""
