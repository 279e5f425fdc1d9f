"""Looks, every night and when somebody asks, whether the enabled steps would find what they need (rot).

What a step needs is told by ``runbook/command/needs.py``; each need is looked for where the step would run, by the same
runner and in the same environment. Nothing is changed, and nothing is looked at while execution is halted.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from tocsin.app.access import Caller, Permission
from tocsin.app.bell import Bell
from tocsin.app.execution.halting import halted
from tocsin.app.execution.ordering import directory_of, standing
from tocsin.app.execution.views import command_hash
from tocsin.app.playbooks import Playbooks
from tocsin.app.ports import Execution, Job, Limits, StepRunner
from tocsin.app.rows.records import AuditEntry
from tocsin.app.store import Store
from tocsin.app.team import ServiceSettings, TeamInForce
from tocsin.clock import Clock, monotonic
from tocsin.errors import Refused
from tocsin.incident.target import Target, TargetKind
from tocsin.runbook.command.bash import parse
from tocsin.runbook.command.needs import Need, NeedKind, Seen, missing, needs, probe
from tocsin.runbook.command.pinning import pinned
from tocsin.runbook.command.runnable import RunForm, run_form
from tocsin.runbook.command.shelled import SHELL, SHELLS_OWN
from tocsin.runbook.instructions import Command, Step

log = logging.getLogger(__name__)

KEPT, CLAIMED = "preflight", "preflight-claimed"
EVERY = timedelta(hours=24)
LOOK_EVERY = 60.0
"""Seconds between two looks whether it is time."""
FIRST = 120.0
"""Seconds after a start before the first look: a start has other things to do."""
PATIENCE = Limits(total=timedelta(seconds=20))


@dataclass(frozen=True, slots=True)
class Rot:
    """One enabled step that would not work, and why. ``line`` is of the runbook, 0 when the step left it."""

    service: str
    step: str
    title: str
    line: int
    target: str
    says: str


@dataclass(frozen=True, slots=True)
class Preflight:
    """What was seen: as of when, how many steps were looked at, by how many probes, and what would not work."""

    at: datetime
    steps: int
    probes: int
    found: tuple[Rot, ...]

    @property
    def says(self) -> str:
        """It in one sentence."""
        if not self.steps:
            return "no step is enabled"
        if not self.found:
            return f"{self.steps} enabled steps would find what they need"
        wrong = len({(one.service, one.step) for one in self.found})
        return f"{wrong} of {self.steps} enabled steps would not work"


Place = tuple[Target, str | None, tuple[str, ...]]
"""Where a need is looked for: target, directory, and the variables that are lent there."""


@dataclass(slots=True)
class Preflights:
    """Looks, and keeps what the last look saw. ``looking`` while this node does, or is about to."""

    store: Store
    clock: Clock
    team: TeamInForce
    playbooks: Playbooks
    runners: Mapping[TargetKind, StepRunner]
    looking: bool = False
    bell: Bell = field(default_factory=Bell)

    def last(self, caller: Caller) -> Preflight | None:
        """What the last look saw; None when there was none."""
        caller.require(Permission.READ)
        with self.store.read() as tx:
            kept = tx.keep.get(KEPT)
        return msgspec.json.decode(kept, type=Preflight) if kept else None

    def begin(self, caller: Caller) -> None:
        """Look soon, in the loop; ``last`` says what came of it. Raises Refused while execution is halted."""
        caller.require(Permission.MAINTAIN)
        self._require_allowed()
        actor = caller.actor
        entry = AuditEntry(self.clock.now(), actor.name, actor.via.value, "step.preflight", "execution", "")
        with self.store.transact() as tx:
            tx.audit.record(entry)
        self.looking = True
        self.bell.ring()

    def run(self, stop: threading.Event) -> None:
        """Look once a day, and when somebody asks, until told to stop; on several nodes, whoever comes first."""
        begin = monotonic() + FIRST
        while not stop.is_set():
            self.bell.wait(LOOK_EVERY)
            if stop.is_set():
                return
            try:
                if self.looking or (monotonic() >= begin and self._claimed()):
                    self.look()
            except Refused as refused:
                log.info("the enabled steps were not looked at: %s", refused)
            except Exception:
                log.exception("the look at the enabled steps failed; trying again tomorrow")
            finally:
                self.looking = False

    def look(self) -> Preflight:
        """Look at all of them now, and keep what was seen. Raises Refused while execution is halted."""
        self._require_allowed()
        seen = _Look(self, self.clock.now()).all()
        with self.store.transact() as tx:
            tx.keep.put(KEPT, msgspec.json.encode(seen).decode())
        if seen.found:
            log.warning("%s; see the page Runbooks or `tocsin doctor`", seen.says)
        return seen

    def _require_allowed(self) -> None:
        with self.store.read() as tx:
            halt = halted(tx)
        if halt is not None:
            raise Refused(halt.says, reason="halted")
        if not self.team().commands_enabled:
            raise Refused("commands are off in tocsin.toml: server.commands", reason="halted")

    def _claimed(self) -> bool:
        """Whether a day has gone by, and nobody else has begun."""
        now = self.clock.now()
        with self.store.transact() as tx:
            before = tx.keep.get(CLAIMED)
            if before is not None and now - datetime.fromisoformat(before) < EVERY:
                return False
            tx.keep.put(CLAIMED, now.isoformat())
        return True


@dataclass(slots=True)
class _Look:
    """One look at everything. The same need at the same place is looked for once."""

    preflights: Preflights
    at: datetime
    probes: int = 0
    _known: dict[tuple[Place, Need], str] = field(default_factory=dict)
    _unreachable: dict[str, str] = field(default_factory=dict)

    def all(self) -> Preflight:
        """Every enabled step of every service."""
        found: list[Rot] = []
        steps = 0
        for service in self.preflights.team().services.values():
            with self.preflights.store.read() as tx:
                enabled = tx.steps.enabled(service.key)
            shelved = self.preflights.playbooks.shelf.get(service.key)
            known = shelved.playbook.steps() if shelved else {}
            for id, allowed in enabled.items():
                steps += 1
                step = known.get(id)
                if step is None:
                    says = "it is not in the runbook any more, or its command was changed: enable what is there now"
                    found.append(Rot(service.key, id, id, 0, "", says))
                elif allowed.command_hash != command_hash(step):
                    says = "its command has changed since it was enabled: read it and enable it again"
                    found.append(_rot(service, step, "", says))
                else:
                    found += self._of_step(service, step)
        return Preflight(self.at, steps, self.probes, tuple(found))

    def _of_step(self, service: ServiceSettings, step: Step) -> Iterator[Rot]:
        target = standing(self.preflights.team(), service.key, step)
        if isinstance(target, str) or step.command is None:
            yield _rot(service, step, "", str(target))
            return
        form = run_form(step.command)
        if not isinstance(form, RunForm):
            return
        place = (target, directory_of(service, step.command, target), service.variables)
        if form.shell is not None:
            named = tuple(argv for argv in parse(step.command.text).programs if argv[0] not in SHELLS_OWN)
            wanted = needs((SHELL[:1], *named), form.shell.needs)
        else:
            wanted = needs(form.pipeline, _variables(step.command))
        absent: set[str] = set()
        for need in wanted:
            if _program_of(need) in absent:
                continue
            says = self._seen(place, need)
            if says:
                absent |= {need.name} if need.kind is NeedKind.PROGRAM else set()
                yield _rot(service, step, target.name, says)
            if target.name in self._unreachable:
                return

    def _seen(self, place: Place, need: Need) -> str:
        target = place[0]
        if target.name in self._unreachable:
            return self._unreachable[target.name]
        if (place, need) not in self._known:
            self._known[place, need] = self._looked_for(place, need)
        return self._known[place, need]

    def _looked_for(self, place: Place, need: Need) -> str:
        target, directory, variables = place
        runner = self.preflights.runners.get(target.kind)
        if runner is None:
            return f"nothing here can run steps on a target of the kind {target.kind.value}"
        look = (probe(need),)
        words = pinned(look, target.pins) if need.kind is NeedKind.DEPLOYMENT else look  # others only name programs
        if isinstance(words, str):
            return words
        self.probes += 1
        job = Job(f"preflight/{self.probes}", words, target, directory, variables, PATIENCE)
        seen = runner.run(job, hear=lambda _text: None, cancelled=lambda: False)
        if seen.trouble and not seen.exit_codes and not seen.timed_out:
            if target.kind is not TargetKind.LOCAL and "does not exist" not in seen.trouble:
                self._unreachable[target.name] = seen.trouble
            return seen.trouble
        if seen.timed_out or seen.lost:
            return f"whether {need.words} is there could not be told within {PATIENCE.total.seconds} s"
        return missing(need, _told(seen))


def _told(seen: Execution) -> Seen:
    return Seen(seen.exit_codes[-1] if seen.exit_codes else 1, seen.output or seen.trouble, seen.stdout)


def _program_of(need: Need) -> str:
    """The program that a probe needs itself: without it, its absence has been told already."""
    match need.kind:
        case NeedKind.URL:
            return "curl"
        case NeedKind.DEPLOYMENT:
            return "kubectl"
        case NeedKind.PROCESS:
            return "pm2"
        case NeedKind.UNIT:
            return "systemctl"
        case _:
            return ""


def _variables(command: Command) -> tuple[str, ...]:
    return tuple(dict.fromkeys(p.name for p in command.parameters if p.origin == "env"))


def _rot(service: ServiceSettings, step: Step, target: str, says: str) -> Rot:
    return Rot(service.key, step.id, step.title, step.lines.first, target, says)
