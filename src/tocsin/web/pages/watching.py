"""Who watches an incident, and what their pages are told: rendered once for each kind of viewer, not for each viewer.

A kind is all that the page depends on: what somebody may do, whether they came by a link, how much of the timeline they
see, and who they are if the incident knows them. It is rendered for a stand-in, who has exactly that and nothing of
anybody else: no cookie, no name, and blanks for what is personal, which are filled in as it is sent (``fragments.py``).
Who may look, and as which kind, is found out anew in each round, with one look at the store for all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from urllib.parse import urlencode

from starlette.requests import Request

from tocsin.app.access import Caller, Permission
from tocsin.errors import NotAllowed
from tocsin.incident.facts import Actor, ActorKind, Via
from tocsin.web.answers import ASGIApp
from tocsin.web.asking import Ask, Desk
from tocsin.web.fragments import Blanks, Fragment, fragment
from tocsin.web.live import Message, Update, Watcher, alive
from tocsin.web.pages.respond import State, element_of, incident_of, state_of, values_of


@dataclass(frozen=True, slots=True)
class Told:
    """What a page knows that is no fact: the news of each run that it has, and what the ordered ones wait for."""

    heard: frozenset[tuple[str, int]] = frozenset()
    ordered: frozenset[tuple[str, str]] | None = None


_NOTHING = Told()


@dataclass(eq=False, slots=True)
class Viewer(Watcher):
    """Whoever watches an incident: what they came with, and what their page has been told.

    ``proof`` is the hash of their session, or the link's token where ``by_link``.
    """

    by_link: bool
    everything: bool
    csrf: str
    seen: int
    told: Told = _NOTHING


@dataclass(frozen=True, slots=True)
class Kind:
    """What a page depends on, of whoever looks at it. ``known_as`` is empty for whom the incident does not know."""

    permissions: frozenset[Permission]
    by_link: bool
    everything: bool
    known_as: str


def watch(ask: Ask) -> ASGIApp:
    """The event stream of one incident's page, from the last fact that the page has seen. Runs on the event loop."""
    incident_id = incident_of(ask)
    ask.by.require(Permission.READ, incident_id)
    viewer = Viewer(
        who=ask.me,
        proof=ask.session.token_hash if ask.session else ask.part("token"),
        by_link=ask.session is None,
        everything=ask.query("all") == "1",
        csrf=ask.csrf,
        seen=_seen(ask.request),
    )
    return ask.desk.live.stream(incident_id, viewer, partial(look, ask.desk, incident_id))


def _seen(request: Request) -> int:
    said = request.headers.get("last-event-id") or request.query_params.get("after", "0")
    return int(said) if said.isdecimal() and len(said) < 12 else 0


def look(desk: Desk, incident_id: str, viewers: Sequence[Viewer]) -> Sequence[Message | None]:
    """What is new to each: the page's body after a new fact, else the output of what runs. None for whoever may not
    look any more."""
    callers = admitted(desk, incident_id, viewers)
    looked = _Round(desk, incident_id)
    return [looked.told(viewer, caller) if caller else None for viewer, caller in zip(viewers, callers, strict=True)]


def admitted(desk: Desk, incident_id: str, viewers: Sequence[Viewer]) -> Sequence[Caller | None]:
    """Each of these as a caller, if they may look at the incident now: what ``guard.identify`` finds for one."""
    application = desk.application
    sessions = application.accounts.callers_of_sessions([one.proof for one in viewers if not one.by_link])
    handles = {one.handle for one in application.team().roster.people}
    welcome = application.accounts.welcome((one.who for one in viewers if one.by_link), handles)

    def caller(viewer: Viewer) -> Caller | None:
        found = sessions.get(viewer.proof)
        if viewer.by_link:
            found = None
            try:
                found = application.links.caller(viewer.proof) if viewer.who in welcome else None
            except NotAllowed:
                return None
        fits = found is not None and found.actor.name == viewer.who and found.may(Permission.READ)
        return found if fits and found is not None and found.only_incident in (None, incident_id) else None

    return [caller(viewer) for viewer in viewers]


@dataclass(slots=True)
class _Round:
    """One look at an incident for all who watch it: what is made for one of a kind serves all of it."""

    desk: Desk
    incident_id: str
    newest: int = field(init=False)
    by: Caller = field(init=False)
    now: datetime = field(init=False)
    blanks: Blanks = field(default_factory=Blanks)
    state: State | None = None
    bodies: dict[Kind, Fragment] = field(default_factory=dict)
    heard: dict[Told, tuple[Told, Message]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        reading = frozenset({Permission.READ})
        self.by = Caller(Actor(ActorKind.PERSON, self.blanks.nobody, Via.WEB), reading, self.incident_id)
        self.newest = self.desk.application.incidents.newest(self.by, self.incident_id)
        self.now = self.desk.application.clock.now()

    def told(self, viewer: Viewer, caller: Caller) -> Message:
        """What the page of one is told; it counts as told."""
        if self.newest <= viewer.seen:
            if viewer.told not in self.heard:
                self.heard[viewer.told] = self._heard(viewer.told)
            viewer.told, message = self.heard[viewer.told]
            return message
        state = self.state = self.state or state_of(self.desk.application, self.by, self.incident_id)
        known_as = viewer.who if viewer.who in known(state) else ""
        kind = Kind(caller.permissions, viewer.by_link, viewer.everything, known_as)
        body = self.bodies.get(kind)
        if body is None:
            body = self.bodies[kind] = self._body(kind, state)
        viewer.seen = state.view.timeline[-1].seq
        personal = {self.blanks.csrf: viewer.csrf}
        if viewer.by_link:
            personal[self.blanks.link] = viewer.proof
        return partial(body.filled, personal)

    def _body(self, kind: Kind, state: State) -> Fragment:
        """The page's body for one kind of viewer."""
        ask = self._stand_in(kind)
        html = self.desk.renderer.fragment(ask, "respond_update.html", values_of(ask, state))
        return fragment(Update(state.view.timeline[-1].seq, html), self.blanks)

    def _stand_in(self, kind: Kind) -> Ask:
        """A request by somebody who is of this kind, and nobody besides."""
        path = {"token": self.blanks.link} if kind.by_link else {"incident": self.incident_id}
        query = urlencode({"all": "1"}) if kind.everything else ""
        scope = {"type": "http", "method": "GET", "headers": [], "query_string": query.encode(), "path_params": path}
        actor = Actor(ActorKind.PERSON, kind.known_as or self.blanks.nobody, Via.LINK if kind.by_link else Via.WEB)
        caller = Caller(actor, kind.permissions, self.incident_id if kind.by_link else None)
        return Ask(Request(scope), self.desk, self.now, caller, csrf=self.blanks.csrf)

    def _heard(self, told: Told) -> tuple[Told, Message]:
        """What runs have printed since, and what those wait for that have not begun (another node may have them)."""
        application = self.desk.application
        heard = dict(told.heard)
        before = None if told.ordered is None else dict(told.ordered)
        running = application.outputs.running(self.incident_id)
        fresh = {run: seq for run, seq in running.items() if seq > heard.get(run, 0)}
        wanted = fresh or before or before is None
        now = application.steps.ordered(self.by, self.incident_id) if wanted else {}
        after = Told(frozenset((heard | fresh).items()), frozenset(now.items()))
        changed = {*fresh, *_changed(before or {}, now)}
        if not changed:
            return after, alive
        values = {
            "waits": [(element_of(run), now.get(run, "")) for run in changed],
            "outputs": [(element_of(run), application.outputs.pieces(run)) for run in fresh],
        }
        ask = self._stand_in(Kind(self.by.permissions, by_link=False, everything=False, known_as=""))
        html = self.desk.renderer.fragment(ask, "respond_output.html", values)
        return after, partial(fragment(Update(self.newest, html), self.blanks).filled, {})


def known(state: State) -> frozenset[str]:
    """The handles of those to whom the page of an incident may say something else than to others of their kind."""
    incident = state.view.incident
    asking = (one.state.requested_by for one in state.steps.steps if one.state)
    return frozenset(filter(None, (incident.acknowledged_by, *incident.roles.values(), *asking)))


def _changed(before: Mapping[str, str], now: Mapping[str, str]) -> Iterator[str]:
    return (run for run in {*before, *now} if now.get(run) != before.get(run))
