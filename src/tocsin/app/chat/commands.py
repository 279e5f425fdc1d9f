"""The words of ``/incident`` and what the buttons of a chat do.

Each is one call of a use case that the page and the command line have too. What changes something on a machine, or
reaches customers, is shown literally first, with a button for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from tocsin.app.access import Caller, Permission
from tocsin.app.chat.about import About
from tocsin.app.chat.ports import Button, Card, Form, Line
from tocsin.app.chat.room_words import board
from tocsin.app.chat.steps import ChatSteps
from tocsin.app.customers.approving import CUSTOMERS, EVERYBODY, Approvals
from tocsin.app.customers.audiences import TEAM
from tocsin.app.customers.publishing import Publishing
from tocsin.app.incidents import Incidents
from tocsin.app.paging.contacts import listed_contacts
from tocsin.app.rota import Rota
from tocsin.app.suggesting import severity_of
from tocsin.app.team import ServiceSettings, TeamInForce
from tocsin.app.wording import lead, one_line
from tocsin.clock import Clock
from tocsin.errors import BadInput, NotFound, Refused
from tocsin.incident import commands as c
from tocsin.incident.facts import LevelPaged, PublicStatus, TargetClock
from tocsin.incident.incident import COMMANDER, COMMUNICATIONS, ROLES
from tocsin.incident.pending import pending
from tocsin.oncall.schedule import on_call

Said = Card | Form
"""What is said back to whoever asked alone, or asked of them."""

SERVICES = 10
"""So many services are offered to declare for; with more of them the page is better."""
CHOICES = 100
"""So many a chat shows in one list."""
LONGEST_TITLE = 200
LONGEST_TEXT = 1500
"""Characters of what a button carries to the next press."""

HELP = """/incident API is down         declare (asks for which service)
/incident ack                 you have it        takeover   from whoever has it
/incident status              the board          who        is on call
/incident next                the next step      run [n]    run it, after it was shown
/incident approve | deny      what somebody asked for
/incident update TEXT         tell the team      customers [STATUS] TEXT   after a preview
/incident tell WHOM,WHOM [STATUS] TEXT   customers, team, stakeholders, executives, support: one approval
/incident note TEXT           (or 📌 a message)  sev P1 [WHY]
/incident page @who WHY       escalate [WHY]
/incident lead @who           role ROLE @who
/incident mitigate [TEXT]     resolve [TEXT]     reopen WHY"""


def role_called(said: str) -> str:
    """The role of the response that somebody means by a short word; their own words where none of ours fits.

    >>> [role_called(one) for one in ("comms", "IC", "incident commander", "scribe", "Team Lead")]
    ['Communications Lead', 'Incident Commander', 'Incident Commander', 'Scribe', 'Team Lead']
    """
    word = said.strip().casefold()
    if word in ("ic", "lead"):
        return COMMANDER
    if word.startswith("comm") and not word.startswith("comma"):
        return COMMUNICATIONS
    short = word[:4]
    return next((one for one in ROLES if any(part.startswith(short) for part in one.casefold().split())), said.strip())


@dataclass(slots=True)
class ChatCommands:
    """Obeys words and presses for a caller. Raises what the use cases raise."""

    clock: Clock
    team: TeamInForce
    incidents: Incidents
    about: About
    steps: ChatSteps
    publishing: Publishing
    rota: Rota
    approvals: Approvals
    words: Mapping[str, Callable[[Caller, str | None, str], Said | None]] = field(init=False)

    def __post_init__(self) -> None:
        """Which word does what; some have two."""
        acknowledge, resolve = self._acknowledge, self._resolve
        self.words = {
            "ack": acknowledge,
            "acknowledge": acknowledge,
            "takeover": self._take_over,
            "sev": self._severity,
            "severity": self._severity,
            "next": self.steps.next,
            "run": self.steps.show,
            "approve": self.steps.show_request,
            "deny": self.steps.deny,
            "decline": self.steps.deny,
            "update": self._update,
            "say": self._update,
            "customers": self._show_customers,
            "tell": self._show_audiences,
            "page": self._page,
            "escalate": self._escalate,
            "lead": self._lead,
            "role": self._role,
            "note": self._note,
            "status": self._status,
            "mitigate": self._mitigate,
            "resolve": resolve,
            "reopen": self._reopen,
            "who": self._who,
            "oncall": self._who,
            "help": self._help,
        }

    def obey(self, caller: Caller, incident: str | None, text: str) -> Said | None:
        """A slash command; what is no word of ours is the title of an incident that somebody wants to declare."""
        word, _, rest = text.strip().partition(" ")
        known = self.words.get(word.lower()) if word else self._help
        return known(caller, incident, rest.strip()) if known else self._offer(caller, text.strip())

    def press(self, caller: Caller, incident: str | None, action: str, value: str, text: str = "") -> Said | None:
        """A button with what it carries, or its filled form. Raises NotFound for a button that is not ours."""
        board: Mapping[str, Callable[[Caller, str | None, str], Said | None]] = {
            "ack": self._acknowledge,
            "takeover": self._take_over,
            "next": self.steps.next,
            "update": self._update,
            "escalate": self._escalate,
            "resolve": self._resolve,
        }
        buttons: Mapping[str, Callable[[Caller, str | None, str], Said | None]] = {
            "approve": self.steps.approve,
            "decline": self.steps.decline,
            "run": self.steps.run,
            "customers": self._customers,
            "tell": self._tell,
            "declare": self._declare,
        }
        if action.startswith("open"):
            return None  # it led somewhere, and that is all
        if action == "declare-as":
            return self._declare_as(caller, value, text)
        if action in board:
            return board[action](caller, self.about.shown(incident, action, value), text)
        if action not in buttons:
            raise NotFound("this button is of another version of Tocsin; `/incident help` says what there is")
        return buttons[action](caller, incident, value)

    # --- who has it ---------------------------------------------------------------------------------------------

    def _acknowledge(self, caller: Caller, of: str | None, _: str) -> Said:
        now = self.incidents.act(caller, self.about.id(caller, of), c.Acknowledge(caller.actor.name)).incident
        if now.acknowledged_by != caller.actor.name:
            has = self.about.name(now.acknowledged_by or "somebody")
            return Card(f"{has} has {now.id} already. Go back to sleep, join them here, or `/incident takeover`.")
        update = next((one.at for one in pending(now) if one.clock is TargetClock.UPDATE), None)
        return Card(f"{now.id} is yours." + (f" Next update due {self.about.time(update)}." if update else ""))

    def _take_over(self, caller: Caller, of: str | None, _: str) -> Said:
        command = c.Acknowledge(caller.actor.name, take_over=True)
        return Card(f"{self.incidents.act(caller, self.about.id(caller, of), command).incident.id} is yours.")

    def _lead(self, caller: Caller, of: str | None, who: str) -> Said:
        return self._give(caller, of, COMMANDER, who)

    def _role(self, caller: Caller, of: str | None, rest: str) -> Said:
        role, _, who = rest.rpartition(" ")
        if "@" not in who and self.team().roster.person(who) is None:
            role, who = rest, ""  # all of it is the role, and whoever asks takes it
        if not role:
            raise BadInput("which role, and who? /incident role comms @ana")
        return self._give(caller, of, role_called(role), who)

    def _give(self, caller: Caller, of: str | None, role: str, who: str) -> Said:
        handle = self.about.handle(who) if who else caller.actor.name
        self.incidents.act(caller, self.about.id(caller, of), c.TakeRole(role, handle))
        return Card(f"{self.about.name(handle)} is {role}.")

    def _page(self, caller: Caller, of: str | None, rest: str) -> Said:
        who, _, why = rest.partition(" ")
        if not who:
            raise BadInput("page whom, and why? /incident page @bo the database is his")
        target = self.about.handle(who) if who.startswith("@") else who
        acted = self.incidents.act(
            caller, self.about.id(caller, of), c.PagePerson(target, why or "asked for in the chat")
        )
        return Card(f"{self.about.name(target)} is paged for {acted.incident.id}.")

    def _escalate(self, caller: Caller, of: str | None, why: str) -> Said:
        acted = self.incidents.act(caller, self.about.id(caller, of), c.Escalate(why or "asked for in the chat"))
        paged = [one.fact for one in acted.facts if isinstance(one.fact, LevelPaged)]
        return Card(f"Escalated to {', '.join(paged[-1].targets)}." if paged else "Escalated.")

    def _who(self, caller: Caller, of: str | None, _: str) -> Said:
        caller.require(Permission.READ)
        now, roster = self.clock.now(), self.rota.roster()
        lines = [
            Line(one.name, ", ".join(map(self.about.name, on_call(one, now).people)) or "nobody")
            for one in roster.schedules
        ]
        if of is not None:
            view = self.incidents.view(caller, of)
            lines += [
                Line(one.name, ", ".join(way for way, _ in one.ways) or "left blank in the runbook")
                for one in listed_contacts(view.playbook, view.incident)
            ]
        return Card("On call now", tuple(lines)) if lines else Card("There is no schedule in tocsin.toml yet.")

    # --- what is said -------------------------------------------------------------------------------------------

    def _severity(self, caller: Caller, of: str | None, rest: str) -> Said:
        severity, _, why = rest.partition(" ")
        if not severity:
            raise BadInput("which severity? /incident sev P1 checkout works again for most")
        now = self.incidents.assess(caller, self.about.id(caller, of), severity, why).incident
        return Card(f"{now.id} is {now.severity}; its clocks have moved with it.")

    def _update(self, caller: Caller, of: str | None, text: str) -> None:
        self.incidents.act(caller, self.about.id(caller, of), c.PostUpdate(text))

    def _note(self, caller: Caller, of: str | None, text: str) -> Said:
        return Card(f"Noted for {self.incidents.act(caller, self.about.id(caller, of), c.AddNote(text)).incident.id}.")

    def _mitigate(self, caller: Caller, of: str | None, text: str) -> None:
        self.incidents.act(caller, self.about.id(caller, of), c.Mitigate(text))

    def _resolve(self, caller: Caller, of: str | None, text: str) -> None:
        incident = self.about.id(caller, of)
        try:
            self.incidents.act(caller, incident, c.Resolve(text))
        except Refused as refused:
            where = self.about.address(incident)
            raise Refused(
                f"{refused.message}. Confirm or override it on the page: {where}", reason=refused.reason
            ) from refused

    def _reopen(self, caller: Caller, of: str | None, why: str) -> None:
        self.incidents.act(caller, self.about.id(caller, of), c.Reopen(why))

    def _status(self, caller: Caller, of: str | None, _: str) -> Said:
        view = self.incidents.view(caller, self.about.id(caller, of))
        shown = board(view.incident, view.playbook, self.about.speaker(view.incident.id))
        return Card(shown.headline, shown.lines, buttons=shown.buttons[-1:])

    def _show_customers(self, caller: Caller, of: str | None, rest: str) -> Said:
        incident = self.about.id(caller, of)
        caller.require(Permission.PUBLISH, incident)
        status, text = _status_of(rest)
        if not text:
            prepared = self.publishing.prepare(caller, incident, status)
            left = f" Fill in {', '.join(prepared.unfilled)} first." if prepared.unfilled else ""
            where = Button("open", "Open the page", url=f"{self.about.address(incident)}/tell")
            return Card(f"What the runbook says to customers ({status.value}).{left}", (), prepared.text, (where,))
        if len(text) > LONGEST_TEXT:
            raise BadInput(f"more than {LONGEST_TEXT} characters: write it on the page, {self.about.address(incident)}")
        shown = f"{incident} {status.value} {self._told_last(caller, incident)} {text}"
        send = Button("customers", "Tell customers", shown, "primary", "This goes out.")
        return Card(f"Customers would read this ({status.value}); nothing was sent yet:", (), text, (send,))

    def _customers(self, caller: Caller, of: str | None, value: str) -> Said:
        incident, status, told, text = (*value.split(" ", 3), "", "")[:4]
        if not text or self._told_last(caller, incident) != told:
            raise Refused("customers have been told since this was shown; look at it again", reason="changed")
        with self._led_to_the_page(incident):
            self.publishing.notify(caller, incident, PublicStatus(status), text)
        return Card("Customers are told.")

    def _show_audiences(self, caller: Caller, of: str | None, rest: str) -> Said:
        incident = self.about.id(caller, of)
        caller.require(Permission.RESPOND, incident)
        whom, _, rest = rest.partition(" ")
        status, text = _status_of(rest)
        to = [TEAM if one in ("team", "us") else one for one in whom.lower().split(",")]
        unknown = [one for one in to if one not in EVERYBODY]
        if not text or unknown:
            raise BadInput("tell whom what? /incident tell customers,executives,support identified We know why.")
        if CUSTOMERS in to:
            caller.require(Permission.PUBLISH, incident)
        if len(text) > LONGEST_TEXT:
            raise BadInput(f"more than {LONGEST_TEXT} characters: write it on the page, {self.about.address(incident)}")
        shown = f"{incident} {status.value} {self._told_last(caller, incident, anybody=True)} {','.join(to)} {text}"
        public = f" ({status.value})" if CUSTOMERS in to else ""
        names = ", ".join("the team" if one == TEAM else one for one in to)
        send = Button(
            "tell", f"Tell {len(to)} audiences" if len(to) > 1 else "Tell them", shown, "primary", "It goes out."
        )
        return Card(f"{names} would read this{public}; nothing was sent yet:", (), text, (send,))

    def _tell(self, caller: Caller, of: str | None, value: str) -> Said:
        incident, status, told, to, text = (*value.split(" ", 4), "", "", "")[:5]
        if not text or self._told_last(caller, incident, anybody=True) != told:
            raise Refused("somebody has been told since this was shown; look at it again", reason="changed")
        with self._led_to_the_page(incident):
            self.approvals.tell(caller, incident, to.split(","), text, status=PublicStatus(status))
        return Card(f"Told: {to.replace(',', ', ').replace(TEAM, 'the team')}.")

    @contextmanager
    def _led_to_the_page(self, incident: str) -> Iterator[None]:
        """Whoever has to name who decided it can do that there."""
        try:
            yield
        except Refused as refused:
            where = f". Say it on the page: {self.about.address(incident)}/tell" if refused.reason == "decision" else ""
            raise Refused(f"{refused.message}{where}", reason=refused.reason) from refused

    def _told_last(self, caller: Caller, incident: str, *, anybody: bool = False) -> str:
        """When customers, or ``anybody``, were told last, as a card keeps it: pressed twice it tells once."""
        found = self.incidents.view(caller, incident).incident
        others = (found.last_update_at, *(one.at for one in found.told.values())) if anybody else ()
        said = [at for at in (found.public_at, *others) if at is not None]
        return max(said).isoformat() if said else "-"

    # --- declaring ----------------------------------------------------------------------------------------------

    def _offer(self, caller: Caller, title: str) -> Said:
        """Ask for which service before anybody is woken: a word that was mistyped pages nobody."""
        caller.require(Permission.RESPOND)
        services = list(self.team().services.values())
        if not services:
            raise NotFound("no service is configured; add [service.…] to tocsin.toml")
        if len(services) > SERVICES:
            where = f"{self.team().public_url.rstrip('/')}/declare"
            return Card(f"There are {len(services)} services. Declare it on the page: {where}")
        title = one_line(title)[:LONGEST_TITLE]
        guessed = [(one, severity_of(self.incidents.playbooks.of(one.key).criteria.suggest(title))) for one in services]
        guessed.sort(key=lambda pair: pair[1] is None)  # the services whose runbooks know these words come first
        lines = [
            Line(one.name, f"{found.severity}: {found.reason}" if found else "no severity fits by itself")
            for one, found in guessed
        ]
        buttons = tuple(
            Button("declare", f"Declare for {one.name}", f"{one.key} {title}", "primary" if found else "")
            for one, found in guessed
        )
        card = Card(f"Declare “{title}”? Whoever is on call is paged.", tuple(lines), "", buttons)
        choices, chosen = self._choices(guessed)
        if len(choices) > CHOICES:
            return card
        asks = f"“{title}”: of what, and how bad? Whoever is on call is paged."
        return Form(Button("declare-as", "Declare", title, asks=asks, choices=choices, chosen=chosen), card)

    def _choices(
        self, guessed: Sequence[tuple[ServiceSettings, c.SeverityReading | None]]
    ) -> tuple[tuple[tuple[str, str], ...], str]:
        """Each service with each severity of its runbook, and the guess: its own is chosen where one fits best."""
        found = []
        for service, _ in guessed:
            for one in self.incidents.playbooks.of(service.key).playbook.severities:
                found.append((f"{service.key} {one.name}", f"{service.name}: {one.name} {one.label or ''}".rstrip()))
            found.append((f"{service.key} ", f"{service.name}: not known yet"))
        best, reading = guessed[0]
        chosen = f"{best.key} {reading.severity if reading else ''}" if reading or len(guessed) == 1 else ""
        return tuple(found), chosen

    def _declare_as(self, caller: Caller, title: str, chosen: str) -> Said:
        service, _, severity = chosen.strip().partition(" ")
        incident = self.incidents.declare(caller, title, service, severity=severity or None).incident
        return Card(f"{lead(incident)} is declared: {self.about.address(incident.id)}")

    def _declare(self, caller: Caller, _of: str | None, value: str) -> Said:
        service, _, title = value.partition(" ")
        incident = self.incidents.declare(caller, title, service).incident
        return Card(f"{lead(incident)} is declared: {self.about.address(incident.id)}")

    # --- the rest -----------------------------------------------------------------------------------------------

    def _help(self, _caller: Caller, _of: str | None, _: str) -> Said:
        return Card("In an incident's channel the words are about it; elsewhere about the only open one.", (), HELP)


def _status_of(rest: str) -> tuple[PublicStatus, str]:
    """The status that words for customers begin with, else that it is looked into; and the words."""
    word, _, text = rest.partition(" ")
    known = {one.value: one for one in PublicStatus}
    found = known.get(word.lower())
    return (found, text.strip()) if found is not None else (PublicStatus.INVESTIGATING, rest.strip())
