"""The compiled form of a team's runbook: what every other room reads.

Values only. Each one keeps the lines of the document that it was read from (1-based, both ends included), so
that every page, timer and refusal can say where it comes from. What the document does not state is ``None`` or
empty; nothing here is ever a default of ours. ``playbook_json`` writes the published form.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from tocsin.runbook.instructions import Phase, Procedure, ProcedureKind, Step, shell_steps
from tocsin.runbook.stated import BusinessHours, Duration, Lines


@dataclass(frozen=True, slots=True)
class Severity:
    """One level of the team's own scale. ``rank`` is its place in the document's order, 0 the most severe."""

    name: str
    rank: int
    lines: Lines
    label: str | None = None
    aliases: tuple[str, ...] = ()
    criteria: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    response_target: Duration | None = None
    acknowledge_target: Duration | None = None
    resolution_target: Duration | None = None
    update_cadence: Duration | None = None


class Trigger(StrEnum):
    """What makes an escalation level's turn come."""

    START = "start"  # the first level: at declaration
    UNACKNOWLEDGED = "unacknowledged"
    UNRESOLVED = "unresolved"
    SEVERITY = "severity"  # paged whenever the incident is of one of `severities`
    CONDITION = "condition"  # a person's judgement: shown, never evaluated
    UNSTATED = "unstated"  # the document gives an order and no window


@dataclass(frozen=True, slots=True)
class EscalationLevel:
    """One level of the document's escalation chain. ``after`` counts from the start of the incident.

    ``comes_first``: whether its words put it before all others ("On-call", "page … at once"). ``public_decision``: the
    one of ``responsibilities`` that leaves to it what the public is told; empty without one. Both are None in a
    playbook from before they were kept: ``meaning`` reads the words then.
    """

    level: int
    targets: tuple[str, ...]
    lines: Lines
    severities: tuple[str, ...] = ()
    after: Duration | None = None
    trigger: Trigger = Trigger.UNSTATED
    condition: str | None = None
    responsibilities: tuple[str, ...] = ()
    comes_first: bool | None = None
    public_decision: str | None = None


@dataclass(frozen=True, slots=True)
class EscalationRule:
    """A reason to escalate that names no level ("P0 incidents not resolved in 30 minutes", "Data loss incidents").

    ``targets``: whom it calls, "CTO" of "CTO (immediately if data is lost)"; empty where that is whoever comes next.
    """

    text: str
    lines: Lines
    trigger: Trigger
    after: Duration | None = None
    severities: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Role:
    """A role of the response ("Incident Commander") and what the document asks of it."""

    name: str
    lines: Lines
    responsibilities: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()


class ContactKind(StrEnum):
    """What a contact is."""

    PERSON = "person"
    ROLE = "role"
    ROTATION = "rotation"
    TEAM = "team"
    VENDOR = "vendor"


@dataclass(frozen=True, slots=True)
class ContactChannel:
    """One way to reach a contact, as written: phone, email, slack, pagerduty, portal, url or other."""

    type: str
    value: str


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody the document lists to be contacted. ``unfilled`` when its value is a placeholder or missing.

    ``comes_first``: whether whoever is paged first is called so. ``ours``: somebody who can be paged, no vendor, no
    authority, not the press. ``business_time``: whether the availability names business hours. All are None in a
    playbook from before they were kept: ``meaning`` reads the words then.
    """

    name: str
    kind: ContactKind
    lines: Lines
    channels: tuple[ContactChannel, ...] = ()
    availability: str | None = None
    purpose: str | None = None
    unfilled: bool = False
    comes_first: bool | None = None
    ours: bool | None = None
    business_time: bool | None = None


@dataclass(frozen=True, slots=True)
class TemplateField:
    """A blank of a message template; ``allowed`` when it lists its values ("[Investigating/Resolved]")."""

    name: str
    raw: str
    allowed: tuple[str, ...] = ()


AUDIENCES = ("internal", "stakeholders", "executives", "support", "customers")
"""Who is told: the team itself, three groups inside the company, and whoever reads the status page."""


@dataclass(frozen=True, slots=True)
class Template:
    """A message the team sends. ``key``: initial, update, resolved, customer_initial, customer_resolved or other."""

    name: str
    key: str
    audience: str  # one of AUDIENCES
    body: str
    lines: Lines
    subject: str | None = None
    fields: tuple[TemplateField, ...] = ()


@dataclass(frozen=True, slots=True)
class Cadence:
    """How often something is to be said. ``context`` is the procedure or section that asks for it."""

    what: str
    every: Duration
    lines: Lines
    severities: tuple[str, ...] = ()
    context: str | None = None


@dataclass(frozen=True, slots=True)
class CommunicationRule:
    """A duty to tell somebody ("Send customer notifications for SEV-0/SEV-1 incidents").

    ``audience``: one of AUDIENCES, or "authorities": whom the law wants told, and nothing of ours writes to.
    """

    text: str
    audience: str
    lines: Lines
    severities: tuple[str, ...] = ()
    condition: str | None = None
    moment: str = ""  # initial, during, resolution, post_incident


@dataclass(frozen=True, slots=True)
class PostmortemPolicy:
    """When a post-mortem is due and what it holds. ``template`` is the team's own Markdown, untouched."""

    lines: Lines
    due: Duration | None = None
    due_from: str = "resolved"
    sections: tuple[str, ...] = ()
    template: str | None = None
    template_lines: Lines | None = None
    required_for: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Duty:
    """A recurring duty; ``every`` is weekly, monthly, quarterly, annually, … or None when the text gives none."""

    title: str
    lines: Lines
    every: str | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A link, a document or a named tool with its address. ``unfilled`` when the address is a placeholder.

    ``in_passing`` is for a document that a sentence names by its path, and no list of places to look at.
    """

    title: str
    url: str | None
    lines: Lines
    category: str | None = None
    unfilled: bool = False
    in_passing: bool = False


@dataclass(frozen=True, slots=True)
class Channel:
    """A place where the team talks that stands open all the time: a chat room, a mailbox, a paging service.

    ``in_passing`` is for a room that is named outside of the chapters on channels and on communication.
    """

    name: str
    type: str  # slack, email, phone, pagerduty, status_page, or the document's own word
    lines: Lines
    unfilled: bool = False
    in_passing: bool = False


@dataclass(frozen=True, slots=True)
class Review:
    """The document's own upkeep dates; ``unfilled`` when they are placeholders."""

    last: date | None = None
    next: date | None = None
    unfilled: bool = False
    lines: Lines | None = None
    reviewed_by: str | None = None
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the team answers in its document where the rest of it leaves something open.

    ``key`` is the question, as in the `assume` table of ``tocsin.toml``; ``text`` is the document's own words. With a
    ``problem`` the answer counts for nothing.
    """

    key: str
    text: str
    lines: Lines
    problem: str = ""


class FindingSeverity(StrEnum):
    """How bad a finding is: an error makes `tocsin check` exit 1."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something the compiler has to say about a line, like a compiler's diagnostic."""

    code: str
    severity: FindingSeverity
    line: int
    message: str
    fix: str = ""
    column: int = 1
    related: tuple[int, ...] = ()  # other lines it speaks of
    quotes: tuple[str, ...] = ()  # "12: text" of its own line and of the related ones, where it has any


class BlockFate(StrEnum):
    """What became of a block of the document."""

    UNDERSTOOD = "understood"
    REFERENCE = "reference"
    UNMAPPED = "unmapped"


@dataclass(frozen=True, slots=True)
class Block:
    """One block of the document and what became of it: ``became`` says it in a word or two."""

    lines: Lines
    fate: BlockFate
    became: str


@dataclass(frozen=True, slots=True)
class Stats:
    """ "N of M blocks understood", and the shell statements found; kept as reference counts as understood."""

    blocks: int
    understood: int
    commands: int


@dataclass(frozen=True, slots=True)
class Source:
    """The document that was read."""

    path: str
    sha256: str
    lines: int


@dataclass(frozen=True, slots=True)
class Playbook:
    """A runbook, compiled. ``id`` is the hash of what was compiled: same words, same id."""

    id: str
    title: str
    source: Source
    service: str | None = None
    severities: tuple[Severity, ...] = ()
    escalation_levels: tuple[EscalationLevel, ...] = ()
    escalation_by_severity: dict[str, tuple[EscalationLevel, ...]] = field(default_factory=dict)
    escalation_rules: tuple[EscalationRule, ...] = ()
    roles: tuple[Role, ...] = ()
    contacts: tuple[Contact, ...] = ()
    phases: tuple[Phase, ...] = ()
    procedures: tuple[Procedure, ...] = ()
    templates: tuple[Template, ...] = ()
    cadences: tuple[Cadence, ...] = ()
    communication: tuple[CommunicationRule, ...] = ()
    channel_pattern: str | None = None
    channel_pattern_lines: Lines | None = None
    postmortem: PostmortemPolicy | None = None
    duties: tuple[Duty, ...] = ()
    links: tuple[Link, ...] = ()
    channels: tuple[Channel, ...] = ()
    status_page: str | None = None
    review: Review = field(default_factory=Review)
    business_hours: BusinessHours | None = None
    answers: tuple[Answer, ...] = ()
    blocks: tuple[Block, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def stats(self) -> Stats:
        """How much of the document was understood."""
        steps = tuple(self._every_step())
        return Stats(
            blocks=len(self.blocks),
            understood=sum(block.fate is not BlockFate.UNMAPPED for block in self.blocks),
            commands=len(shell_steps(steps)),
        )

    def severity(self, name: str) -> Severity | None:
        """The severity of that name, alias or label, however it is capitalised or hyphenated."""
        wanted = severity_key(name)
        for one in self.severities:
            if wanted in {severity_key(word) for word in (one.name, one.label or "", *one.aliases)}:
                return one
        return None

    def procedure(self, key: str) -> Procedure | None:
        """The procedure with that key, or the phase that can be opened by it."""
        found = next((p for p in self.procedures if p.key == key), None)
        return found or next((p for p in self.openable() if p.key == key), None)

    def openable(self) -> tuple[Procedure, ...]:
        """What somebody can open in an incident: the procedures, then each phase of the response that has steps.

        A phase is where many runbooks keep their general means: roll back, scale, restore. Its key is its line, for the
        playbook of an incident is pinned.
        """
        phases = (one for one in self.phases if one.steps)
        return (
            *self.procedures,
            *(
                Procedure(f"phase:{one.lines.first}", one.title, ProcedureKind.LIBRARY, one.lines, steps=one.steps)
                for one in phases
            ),
        )

    def courses(self) -> tuple[tuple[Step, ...], ...]:
        """The steps of each procedure, then of each phase: what is gone through together."""
        return (*(one.steps for one in self.procedures), *(one.steps for one in self.phases))

    def steps(self) -> dict[str, Step]:
        """Every step of the document by its id."""
        return {step.id: step for step in self._every_step()}

    def _every_step(self) -> Iterator[Step]:
        for phase in self.phases:
            yield from phase.steps
        for procedure in self.procedures:
            yield from procedure.steps


def severity_key(name: str) -> str:
    """A severity's name without case, spaces or hyphens; "Severity 1" is "SEV1" in full.

    >>> severity_key("SEV-0") == severity_key("sev 0") == severity_key("Severity 0")
    True
    """
    folded = name.casefold()
    key = folded if folded.isalnum() else "".join([ch for ch in folded if ch.isalnum()])
    if key.startswith("severity") and key[-1].isdigit():
        return f"sev{key.removeprefix('severity').removeprefix('level')}"
    return key
