"""People: they are woken by pages, take their time, and do the things that responders do, or nothing at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from tests.simulation.hands import Hands
from tests.simulation.house import PEOPLE, SERVICE
from tests.simulation.scheduler import Killed
from tocsin.app.access import Caller, Role, person
from tocsin.app.ports import PageMessage
from tocsin.errors import Conflict, NotFound, Refused, Unavailable
from tocsin.incident import commands as c
from tocsin.incident.commands import Command
from tocsin.incident.facts import PublicStatus, Via

if TYPE_CHECKING:
    from tests.simulation.node import Process
    from tests.simulation.world import World

T = TypeVar("T")
MINUTE = 60.0


class People:
    """Everybody who can be woken."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._updates = 0
        self._hands = Hands(world, self._ask, self._caller)
        self.sleep_soundly = 0.25
        """How often a page wakes nobody."""

    def paged(self, message: PageMessage) -> None:
        """A page reached somebody's device."""
        world, rng = self._world, self._world.rng
        if world.is_over or rng.random() < self.sleep_soundly:
            return
        delay = rng.choice((rng.uniform(0.5, 5), rng.uniform(5, 90), rng.uniform(60, 900)))
        world.scheduler.spawn(f"{message.person} wakes", self._respond, message, after=delay)

    def declares(self) -> None:
        """Somebody notices trouble before any monitor does."""
        severity = self._world.rng.choice(("P0", "P1", "P2", None))
        caller = self._caller("bo")
        self._ask(lambda p: p.incidents.declare(caller, "Customers complain", SERVICE, severity=severity))

    def _respond(self, message: PageMessage) -> None:
        world, rng = self._world, self._world.rng
        caller, id = self._caller(message.person), message.incident_id
        if rng.random() < 0.4:
            world.witness.seen.add(message.key)
            self._ask(lambda p: p.phone.see(caller, message.key))
        if rng.random() < 0.2:
            return
        take_over = rng.random() < 0.2
        if self._act(caller, id, c.Acknowledge(message.person, take_over)):
            world.witness.acknowledged.append((id, message.person))
        for _ in range(rng.choice((0, 2, 5, 9))):
            world.scheduler.sleep(
                rng.choice((rng.uniform(1, 60), rng.uniform(1, 60), rng.uniform(60, 900), rng.uniform(600, 2400)))
            )
            if world.is_over:
                return
            self._do_something(caller, id)

    def _do_something(self, caller: Caller, id: str) -> None:
        rng = self._world.rng
        what = rng.choices(
            ("note", "update", "step", "severity", "escalate", "page", "mitigate", "resolve", "tell", "role"),
            (10, 6, 80, 6, 4, 3, 5, 8, 10, 3),
        )[0]
        match what:
            case "note":
                self._act(caller, id, c.AddNote("restarted the checkout"))
            case "update":
                self._act(caller, id, c.PostUpdate("we are on it"))
            case "step":
                self._hands.work(caller, id)
            case "severity":
                severity = rng.choice(("P0", "P1", "P2", "P3"))
                self._ask(lambda p: p.incidents.assess(caller, id, severity))
            case "escalate":
                self._act(caller, id, c.Escalate("I need help"))
            case "page":
                self._act(caller, id, c.PagePerson(rng.choice(("Team Lead", "dan", "eve")), "you wrote it"))
            case "mitigate":
                self._act(caller, id, c.Mitigate("rolled back"))
            case "role":
                self._act(caller, id, c.TakeRole("Incident Commander", caller.actor.name))
            case "tell":
                self._updates += 1
                self._act(caller, id, c.NotifyCustomers(f"u{self._updates}", PublicStatus.IDENTIFIED, "we know"))
            case _:
                if self._act(caller, id, c.Resolve("fixed", override="seen with my own eyes")) and rng.random() < 0.3:
                    self._world.scheduler.sleep(rng.uniform(30, 1200))
                    self._act(caller, id, c.Reopen("it is back"))

    def _act(self, caller: Caller, id: str, command: Command) -> bool:
        return self._ask(lambda p: p.incidents.act(caller, id, command)) is not None

    def _ask(self, act: Callable[[Process], T]) -> T | None:
        """Ask any process that runs, again when it fails; None when it never worked or was refused."""
        world = self._world
        for _ in range(4):
            node = world.any_node()
            if node is not None and node.process is not None:
                try:
                    return world.within(node, act, node.process)
                except (Killed, Unavailable, Conflict):
                    pass
                except Refused as refused:
                    world.witness.refused[refused.reason] += 1
                    return None
                except NotFound:
                    return None
            world.scheduler.sleep(world.rng.uniform(1, 20))
        return None

    def _caller(self, handle: str) -> Caller:
        return _CALLERS[handle]


_CALLERS = {one.handle: person(one.handle, Role.ADMIN, Via.WEB) for one in PEOPLE}
