"""One setting: its place in ``tocsin.toml``, its kind, its default, and what it is for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tocsin.settings.kinds import Kind


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting. ``default`` None: nothing; ``required`` settings have none and must be given."""

    path: str
    kind: Kind
    says: str
    default: Any = None
    required: bool = False

    @property
    def parts(self) -> tuple[str, ...]:
        """The path in its parts: ``service.<key>.runbook`` is three."""
        return tuple(self.path.split("."))
