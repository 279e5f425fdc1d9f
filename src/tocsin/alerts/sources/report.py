"""What people report who see that something is wrong: by the public form, or by a support desk's own program.

{"what": "The till prints nothing", "since": "ten minutes", "contact": "extension 12", "id": "…"}

A report fires until its incident is resolved by a person. Anybody may write one, so that its words suggest a severity
and decide none: whoever writes "total outage" must not raise what people are working on already.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from tocsin.alerts.alert import Alert, AlertStatus, Heard
from tocsin.alerts.authenticate import AuthKind
from tocsin.alerts.cleaning import MAX_TEXT_BYTES, Notes, clean, clean_fingerprint, digest
from tocsin.alerts.payload import as_text, parse
from tocsin.alerts.source import TEST_TITLE, Place, Source, encoded
from tocsin.errors import BadPayload

NAME = "form"
TITLE_LENGTH = 120
HEADING = "Something is wrong?"
"""That of a form whose team gave it none."""


@dataclass(frozen=True, slots=True)
class ReportForm:
    """The public page of an integration. ``is_open``: its address is the integration's ``name``, not its key."""

    title: str = HEADING
    says: str = ""
    is_open: bool = False
    name: str = ""

    def address(self, place: Place) -> str:
        """Where people find it."""
        return f"{place.base}/report/{self.name if self.is_open else place.key}"


def read_report(body: bytes, received_at: datetime, severity: str = "") -> Heard:
    """The report of a body, as severe as the team says reports are. BadPayload when it does not say what is wrong."""
    parsed = parse(body)
    said = parsed.value
    if not isinstance(said, dict) or not as_text(said.get("what")).strip():
        raise BadPayload("a report is a JSON object that says `what` is wrong")
    notes = Notes(parsed.notes)
    what, since, contact = (as_text(said.get(name)).strip() for name in ("what", "since", "contact"))
    first = " ".join(what.split("\n", 1)[0].split())
    title = first if len(first) <= TITLE_LENGTH else f"{first[: TITLE_LENGTH - 1]}…"
    lines = (what, f"Since: {since}" if since else "", f"Contact: {contact}" if contact else "")
    given = as_text(said.get("id")).strip()
    alert = Alert(
        fingerprint=clean_fingerprint(given or digest((what, since, contact, received_at.isoformat()))),
        status=AlertStatus.FIRING,
        title=clean(f"Reported: {title}", 4 * TITLE_LENGTH, notes, "title"),
        source=NAME,
        received_at=received_at,
        summary=clean("\n".join(line for line in lines if line), MAX_TEXT_BYTES, notes, "report"),
        group_key="reports",
        severity_hint=severity or None,
    )
    return Heard((alert,), notes=notes.all())


def form_of(form: ReportForm | None, severity: str) -> Source:
    """The source for an integration with this page, whose reports have this severity, in the word of the runbook."""
    read, set_up = partial(read_report, severity=severity), partial(_set_up, form=form, severity=severity)
    return replace(FORM, read=read, set_up=set_up)


_UNASSESSED = (
    "\n"
    "# tocsin.toml: say how severe a report is. Without it people are called as for the most severe,\n"
    "# until one of them says how bad it is.\n"
    'severity = "…"\n'
)


def _set_up(place: Place, form: ReportForm | None = None, severity: str = "") -> str:
    page = form.address(place) if form is not None else "none: give it a form in tocsin.toml"
    return (
        f"The page:  {page}\n"
        "Give its address to those who may report.\n"
        f"{'' if severity else _UNASSESSED}"
        "\n"
        "# or from a program of the support desk\n"
        f"curl -fsS -H 'content-type: application/json' {place.url} \\\n"
        '  -d \'{"what": "The till prints nothing", "since": "ten minutes", "contact": "extension 12"}\'\n'
    )


def _sample(_place: Place, now: datetime) -> bytes:
    return encoded({"what": TEST_TITLE, "contact": "Tocsin's own test", "id": f"tocsin-test-{now.isoformat()}"})


FORM = Source(
    name=NAME,
    title="A form for people who see that something is wrong",
    documentation="https://github.com/tocsin/tocsin/blob/main/docs/reports.md",
    sends="A public page, or JSON with `what` is wrong; see [reports](reports.md). Its words only suggest a severity.",
    joins="Each report is one. Those that fit no procedure join one incident while it is open.",
    ends="Nothing: a person resolves the incident.",
    retries="The page says when it could not be stored, and keeps what was written.",
    proofs=(AuthKind.KEY,),
    read=read_report,
    set_up=_set_up,
    sample=_sample,
    dated=False,
    assesses=False,
    lasting=False,
)
