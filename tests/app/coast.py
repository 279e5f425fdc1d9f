"""A shop whose steps run where only runners reach, and the runners as its server hears them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count

from tests.app.shop import ANA, Shop
from tocsin.app.access import Role, person
from tocsin.app.execution.attempts import Attempts
from tocsin.app.execution.carrier import StepCarrier
from tocsin.app.execution.envelopes import Ended, Envelope, Errand, Signed, new_key, opened, public_key, sign
from tocsin.app.execution.runners import Beat, Runners
from tocsin.app.execution.starting import Given
from tocsin.app.store import Store, Transaction
from tocsin.incident.effects import EffectKind
from tocsin.incident.facts import Via
from tocsin.incident.incident import StepState
from tocsin.incident.step_facts import StepFinished, StepOutcomeUnknown
from tocsin.incident.target import Target, TargetKind
from tocsin.runbook.instructions import Effect

ROOT = person("root", Role.ADMIN, Via.CLI)
LOOK, CHANGE = "uptime", "systemctl restart checkout"
ALL = Beat("1", tuple(effect.value for effect in Effect))
SERVER = new_key()
WORDS = count(1)


@dataclass
class Far:
    """A runner, as its server hears it."""

    shop: Shop
    attempts: Attempts
    name: str
    key: str = field(default_factory=new_key)

    def signed(self, path: str = "/api/v1/runner/work", body: bytes = b"{}") -> Signed:
        """A request of its own."""
        at, once = str(int(self.shop.clock.now().timestamp())), f"word-of-this-request-{next(WORDS)}"
        said = Signed("POST", path, body, self.name, at, once, "")
        return replace(said, signature=sign(self.key, said.text))

    def envelope(self, said: Beat = ALL) -> tuple[Signed, Envelope | None]:
        """It asks for work."""
        signed = self.signed()
        return signed, self.attempts.take(signed, said)

    def take(self, said: Beat = ALL) -> Errand | None:
        """It asks for work, and opens what it gets."""
        signed, envelope = self.envelope(said)
        return opened(envelope, public_key(SERVER), self.name, signed.once) if envelope else None

    def must_take(self) -> Errand:
        """There is work."""
        errand = self.take()
        assert errand is not None
        return errand

    def begin(self) -> Errand:
        """It takes the work and begins."""
        errand = self.must_take()
        assert self.attempts.start(self.signed(), errand.attempt).go
        return errand

    def end(self, errand: Errand, output: str = "", **how: object) -> None:
        """It says how it ended."""
        self.attempts.end(self.signed(), errand.attempt, 1, output, Ended(**how))  # type: ignore[arg-type]


class Coast(Shop):
    """The shop, with its steps on a target that runners reach."""

    def __init__(self, store: Store | None = None) -> None:
        super().__init__(store=store)
        target = Target("coast", TargetKind.RUNNER, runner="web")
        settings = replace(self.team.services["shop"], target="coast")
        self.change_team(targets={"coast": target}, services={"shop": settings})
        carrier = self.courier.carriers[EffectKind.STEP]
        assert isinstance(carrier, StepCarrier)
        self.runners = Runners(self.store, self.clock, public_key(SERVER))
        self.attempts = Attempts(self.store, self.clock, self.runners, carrier, self.outputs, SERVER)
        carrier.offers = self.attempts

    def enrolled(self, name: str = "web-1", *labels: str) -> Far:
        """A runner that was invited and enrolled, and has asked for work once."""
        far = Far(self, self.attempts, name)
        _, token = self.runners.invite(ROOT, name, labels or ("web",))
        self.runners.enrol(token, public_key(far.key), client="10.0.0.9")
        assert far.take() is None
        return far

    def begun(self, far: Far, envelope: Envelope, asked: Signed) -> tuple[str, Signed]:
        """A runner begins what it was given: its attempt, and the request by which it did."""
        errand = opened(envelope, public_key(SERVER), far.name, asked.once)
        said = far.signed()
        assert self.attempts.start(said, errand.attempt).go
        return errand.attempt, said

    def order(self, title: str = CHANGE) -> str:
        """Somebody wants the step; the courier offers it. Its id."""
        step = self.enable(title)
        if not self.rows():
            self.declare()
        self.steps.run(ANA, "INC-1", step, Given(confirmed=True))
        self.work()
        return step

    def state(self, step: str) -> StepState:
        """Where the step stands."""
        return self.incident().steps[step]

    def later(self, span: timedelta) -> None:
        """Time passes, and what is overdue is looked after."""
        self.clock.move_by(span)
        self.attempts.sweep()
        self.work()

    def ends(self) -> list[str]:
        """How runs ended, in words."""
        return [type(one).__name__ for one in self.facts() if isinstance(one, StepFinished | StepOutcomeUnknown)]


class Overtaken:
    """A store in which somebody else acts between what one reads and what one writes, once."""

    def __init__(self, store: Store, act: Callable[[], object]) -> None:
        self._store, self._acts = store, [act]

    def read(self) -> AbstractContextManager[Transaction]:
        """As the store."""
        return self._store.read()

    def transact(self) -> AbstractContextManager[Transaction]:
        """After the other one."""
        for act in self._acts[:1]:
            self._acts.clear()
            act()
        return self._store.transact()
