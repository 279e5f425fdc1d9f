"""The chains that were found so far, of each severity, and what else the document says of escalating."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from tocsin.runbook.playbook import EscalationLevel, EscalationRule
from tocsin.runbook.scale import Scale
from tocsin.runbook.stated import Lines


@dataclass(slots=True)
class Escalation:
    """Everything the document says about escalating. ``ordered`` tells whether it puts the levels in an order."""

    chains: dict[str, list[EscalationLevel]] = field(default_factory=dict)  # "" holds for every severity
    rules: list[EscalationRule] = field(default_factory=list)
    ordered: bool = True
    nameless: list[Lines] = field(default_factory=list)  # levels that name nobody; they are in no chain
    routings: list[Lines] = field(default_factory=list)  # what says whom to call for which matter, and makes no chain
    chapters: list[Lines] = field(default_factory=list)  # headings that speak of escalating, with something below
    nobody: set[str] = field(default_factory=set)  # severities for which the document says that nobody is called
    everybody: set[str] = field(default_factory=set)  # severities of which all who are named anywhere are told
    called: tuple[str, ...] = ()  # those for which it does not

    def keep(self, name: str, levels: list[EscalationLevel]) -> None:
        """Take a chain of one severity; of two, the first that states times."""
        known = self.chains.get(name)
        if not known or (any(one.after for one in levels) and not any(one.after for one in known)):
            self.chains[name] = levels

    def offer(self, name: str, levels: list[EscalationLevel]) -> None:
        """Take a chain, unless there is one that says as well when each of its people is called."""
        known = self.chains.get(name)
        if known is None or (len(levels) > 1 and _timed(levels) == 1 and _timed(known) < 0.5):
            self.chains[name] = levels

    def chain(self, scale: Scale) -> tuple[EscalationLevel, ...]:
        """The chain of the highest severity; of two, the one that states times.

        Where other severities have chains of their own and none is for all, it is for that one only.
        """
        own, shared = self.chains.get(scale.highest or "", []), self.chains.get("", [])
        if not shared and len(self.chains) > 1 and scale.highest:
            own = [level if level.severities else replace(level, severities=(scale.highest,)) for level in own]
        timed = [chain for chain in (own, shared) if any(level.after for level in chain)]
        return tuple(map(self._for_those_called, timed[0] if timed else own or shared))

    def _for_those_called(self, level: EscalationLevel) -> EscalationLevel:
        """A level of the chain that holds for all, without the severities for which nobody is called."""
        return replace(level, severities=self.called) if self.nobody and not level.severities else level

    def by_severity(self, scale: Scale) -> dict[str, tuple[EscalationLevel, ...]]:
        """The chains of the other severities; who is called at any is theirs where the first chain is for others."""
        first, chains = self.chain(scale), {}
        for one in scale.severities[1:]:
            own = self.chains.get(one.name)
            if not own and one.name not in self.nobody and not any(_holds(level, one.name) for level in first):
                own = [level for level in self.chains.get("", []) if _holds(level, one.name)]
            if own:
                chains[one.name] = tuple(own)
        return chains


def _timed(chain: list[EscalationLevel]) -> float:
    """How many of those who are called after the first one have a time; 0 where there are none."""
    later = chain[1:]
    return sum(level.after is not None for level in later) / len(later) if later else 0.0


def _holds(level: EscalationLevel, severity: str) -> bool:
    return not level.severities or severity in level.severities
