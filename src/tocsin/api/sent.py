"""What the API takes: bodies of requests, as they stand in its OpenAPI document. Fields are only ever added."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from tocsin.app.access import Role
from tocsin.incident.facts import PublicStatus
from tocsin.incident.step_facts import StepOutcome


class Sent(BaseModel):
    """A body that is sent to us: a field that we do not know is refused, never ignored (F63)."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


Text = Annotated[str, Field(max_length=32_768)]
Line = Annotated[str, Field(min_length=1, max_length=1024)]
Name = Annotated[str, Field(min_length=1, max_length=128)]


def _day_alone(said: object) -> object:
    """Refuses for a day what has a time, be it midnight."""
    if isinstance(said, str) and len(said) > len("2026-11-01"):
        raise ValueError("a day has no time")
    return said


Day = Annotated[date, BeforeValidator(_day_alone)]
Seconds = Annotated[int | None, Field(gt=0, le=366 * 86_400)]


class Declare(Sent):
    """Begin an incident."""

    title: Line = Field(description="A few words on what is wrong.")
    service: Name | None = Field(None, description="The key of the service; may be left out when there is only one.")
    severity: Name | None = Field(None, description="Any name that the runbook gives the severity.")
    summary: Text = ""
    procedure: Name | None = Field(None, description="The key of the procedure of the runbook to open.")
    started_at: datetime | None = Field(None, description="When the trouble began, with its offset.")
    drill: bool = Field(False, description="A drill pages people and never reaches customers.")


class EnableStep(Sent):
    """Allow a step to be run."""

    shell: bool = Field(False, description="The further word for a step that only a shell can run (`needs_shell`).")


class Acknowledge(Sent):
    """Take an incident."""

    take_over: bool = Field(False, description="Take it although somebody else has it.")


class Sample(Sent):
    """A body as a sender would send it."""

    body: Annotated[str, Field(min_length=1, max_length=1 << 20, description="The whole body, as text.")]


class TestAlert(Sent):
    """What to send as a test."""

    body: Annotated[str, Field(max_length=1 << 20, description="This body; one that is made up when empty.")] = ""


class Escalate(Sent):
    """Page the next level now."""

    reason: Line
    level: int | None = Field(None, ge=1, le=100, description="This level instead of the next one.")
    trigger: Annotated[str, Field(max_length=64, description="The runbook's line that asks for it: `line-237`.")] = ""


class PagePerson(Sent):
    """Page a person, role or schedule by name."""

    target: Line
    reason: Line


class SetSeverity(Sent):
    """Set the severity."""

    severity: Name
    reason: Text = ""


class OpenProcedure(Sent):
    """Open another procedure of the runbook."""

    procedure: Line


class TakeRole(Sent):
    """Take a role, or give it to somebody."""

    role: Line
    person: Name | None = Field(None, description="A handle; oneself when left out.")


class Note(Sent):
    """Write something down. With a vendor: who outside was asked for help, under which case; the text may be empty."""

    text: Annotated[str, Field(max_length=32_768)] = ""
    vendor: Annotated[str, Field(max_length=200)] = ""
    case: Annotated[str, Field(max_length=100)] = ""

    @model_validator(mode="after")
    def _says_something(self) -> Note:
        if not self.text and not self.vendor:
            raise ValueError("a note needs words, or a vendor")
        return self


class DutyDone(Sent):
    """A recurring duty has been done."""

    note: Annotated[str, Field(max_length=2000, description="What came of it.")] = ""
    at: Day | datetime | None = Field(
        None, description="When, with its offset, or a day alone, in the team's zone; null: just now."
    )


class Update(Sent):
    """Tell the team where things stand."""

    text: Annotated[str, Field(min_length=1, max_length=32_768)]
    status: Annotated[str, Field(max_length=128)] = ""


class TellAudience(Sent):
    """Tell the team or a group inside the company."""

    text: Annotated[str, Field(min_length=1, max_length=32_768)]
    subject: Annotated[str, Field(max_length=200, description="Of the mails; not used for the team.")] = ""


class TellCustomers(Sent):
    """Tell customers. What is said here is public."""

    status: PublicStatus
    text: Annotated[str, Field(min_length=1, max_length=32_768)]
    components: list[Name] = Field(default_factory=list, max_length=100)
    decided_by: Annotated[str, Field(max_length=200)] = Field(
        "", description="Who decided it; one of the level where the runbook leaves it to a level."
    )


class Approve(Sent):
    """One text, or one for each, approved for several audiences."""

    to: list[Name] = Field(
        min_length=1, max_length=10, description="customers, internal, stakeholders, executives, support."
    )
    text: Annotated[str, Field(min_length=1, max_length=32_768)]
    own: dict[Name, Annotated[str, Field(max_length=32_768)]] = Field(
        default_factory=dict, max_length=10, description="Other words for some of them, by audience."
    )
    status: PublicStatus = PublicStatus.INVESTIGATING
    subject: Annotated[str, Field(max_length=200, description="Of the mails inside the company.")] = ""
    components: list[Name] = Field(default_factory=list, max_length=100)
    decided_by: Annotated[str, Field(max_length=200)] = Field(
        "",
        description="Who decided that customers hear it; one of the level where the runbook leaves it to a level.",
    )


class TellOffline(Sent):
    """Tell customers more of what was published by hand. What is said here is public."""

    status: PublicStatus
    text: Annotated[str, Field(min_length=1, max_length=10_000)]
    decided_by: Annotated[str, Field(max_length=200)] = Field(
        "", description="Who decided it; one of the level where the runbook leaves it to a level."
    )
    subscribers: bool = Field(True, description="Whether subscribers are told too.")


class AdoptOffline(Sent):
    """Which of our incidents it is."""

    incident: Name
    decided_by: Annotated[str, Field(max_length=200)] = Field(
        "", description="Who decided it; one of the level where the runbook leaves it to a level."
    )
    subscribers: bool = Field(True, description="Whether subscribers are told what it says last, once.")


class Mitigate(Sent):
    """Say that the impact is over."""

    text: Text = ""


class ConfirmCheck(Sent):
    """Confirm one line of the verification list."""

    check: Line


class Resolve(Sent):
    """End the incident."""

    summary: Text = ""
    confirmed: list[Name] = Field(default_factory=list, max_length=200, description="Ids of checks confirmed with it.")
    override: Text = Field("", description="Why checks that are still open do not matter.")


class Reopen(Sent):
    """It was not over."""

    reason: Line


class TickStep(Sent):
    """A step was done, skipped, or did not help."""

    outcome: StepOutcome = StepOutcome.DONE
    note: Text = ""
    saw: Annotated[str, Field(max_length=262_144)] = Field(
        default="", description="What you saw when you did it by hand: kept like the output of a run."
    )


class JudgeCondition(Sent):
    """Whether the condition of a step holds."""

    holds: bool


class AnswerQuestion(Sent):
    """What is known about a question of the runbook; `unknown` is an answer too."""

    answer: Annotated[Text, Field(min_length=1)]


class RunStep(Sent):
    """What goes with the wish to run a step."""

    answers: dict[Annotated[str, Field(max_length=100)], Annotated[str, Field(max_length=200)]] = Field(
        default_factory=dict, max_length=20, description="The blanks of the command by their keys."
    )
    confirmed: bool = Field(
        default=False, description="Whether you have read the command: asked for what changes something."
    )
    digest: Annotated[str, Field(max_length=100)] = Field(
        default="", description="What you have read: the `digest` of the preview. Needed with `confirmed`."
    )
    last_run: Annotated[str, Field(max_length=200)] | None = Field(
        default=None, description="The step's `run` when you read it, so that one look is one run."
    )
    typed: Annotated[str, Field(max_length=200)] = Field(
        default="", description="The target's name: for what is destructive."
    )
    break_glass: Annotated[str, Field(max_length=500)] = Field(
        default="", description="Why it runs without a second person; announced at once."
    )


class ApproveRun(Sent):
    """Approve exactly what was shown."""

    run: Line
    digest: Annotated[str, Field(max_length=64)] = Field(description="As the request shows it.")


class AboutRun(Sent):
    """A run, and why."""

    run: Line
    reason: Text = ""


class NewSilence(Sent):
    """Keep alerts quiet: those of a service, of a source, and such as meet all matchers."""

    reason: Line
    until: datetime | None = Field(None, description="When it ends, with its offset; or send `lasts_seconds`.")
    lasts_seconds: Seconds = Field(None, description="How long it lasts, by the server's clock: at most 92 days.")
    since: datetime | None = Field(None, description="When it begins, with its offset; now.")
    matchers: list[Line] = Field(
        default_factory=list,
        max_length=64,
        description='Conditions as `amtool` writes them: `alertname="TillDown"`, with `!=`, `=~` or `!~`. '
        "The title of an alert is the label `title`.",
    )
    service: Annotated[str, Field(max_length=128)] = ""
    source: Annotated[str, Field(max_length=128, description="The name of an integration.")] = ""
    incident: Annotated[str, Field(max_length=128)] = Field(
        "", description="Take matchers and service from what the alerts of this incident share; then send neither."
    )
    acknowledge: list[Name] = Field(
        default_factory=list, max_length=50, description="Incidents to take with it: a silence stops no open paging."
    )


class ProlongSilence(Sent):
    """Let a silence end at another time."""

    until: datetime = Field(description="With its offset.")


class NewMaintenance(Sent):
    """Work that customers are told of beforehand."""

    title: Line
    text: Annotated[str, Field(max_length=10_000, description="What customers should know.")]
    starts_at: datetime | None = Field(None, description="With its offset; now.")
    ends_at: datetime | None = Field(None, description="With its offset; or send `lasts_seconds`.")
    lasts_seconds: Seconds = Field(None, description="How long it takes, by the server's clock: at most 31 days.")
    components: list[Name] = Field(default_factory=list, max_length=200, description="By their keys in the settings.")
    quiet: bool = Field(False, description="Keep the alerts of their services quiet meanwhile, by silences.")
    subscribers: bool = Field(False, description="Tell subscribers too: of this, and when it begins and ends.")


class MaintenanceText(Sent):
    """What customers should know now."""

    text: Annotated[str, Field(max_length=10_000)]
    subscribers: bool | None = Field(None, description="Tell subscribers too, of this and from now on; as before.")


class MoveMaintenance(MaintenanceText):
    """Other times for planned work; of work under way only the end can be moved."""

    starts_at: datetime | None = Field(None, description="With its offset; as before.")
    ends_at: datetime = Field(description="With its offset.")


class Halt(Sent):
    """Stop all execution."""

    reason: Line


class SavePostmortem(Sent):
    """A new version of the text on top of ``version``."""

    text: Annotated[str, Field(max_length=512_000)]
    version: int = Field(ge=0, description="The version that this one follows; 0 for the first.")


class Login(Sent):
    """Get a token of one's own for thirty days: by name and password, or by a one-time token."""

    handle: Annotated[str, Field(max_length=256)] = ""
    password: Annotated[str, Field(max_length=1024)] = ""
    once: Annotated[str, Field(max_length=256)] = ""
    name: Line = "tocsin login"


class NewUser(Sent):
    """A new account; without a password it is entered by a one-time link."""

    handle: Name
    name: Annotated[str, Field(max_length=128)] = ""
    role: Role = Role.RESPONDER
    password: Annotated[str, Field(max_length=1024)] | None = None


class ChangeUser(Sent):
    """What changes; the rest stays."""

    name: Annotated[str, Field(max_length=128)] | None = None
    role: Role | None = None
    disabled: bool | None = None
    password: Annotated[str, Field(max_length=1024)] | None = None


class NewToken(Sent):
    """A token of one's own, shown once."""

    name: Line
    scopes: list[Name] = Field(min_length=1, max_length=20)
    expires_at: datetime | None = None


class NewOverride(Sent):
    """Put people on call instead of whoever would be."""

    schedule: Name
    people: Annotated[list[Name], Field(min_length=1, max_length=20, description="Handles.")]
    since: datetime | None = Field(None, description="From this instant, with its offset; now.")
    until: datetime | None = Field(None, description="To this instant; the end of the shift.")
    lasts_seconds: Seconds = Field(None, description="For so long, by the server's clock; instead of `until`.")
    reason: Annotated[str, Field(max_length=200)] = ""


class Swap(Sent):
    """Exchange two shifts of a schedule."""

    schedule: Name
    one: datetime = Field(description="An instant of the one shift, with its offset.")
    other: datetime = Field(description="An instant of the other shift.")
    reason: Annotated[str, Field(max_length=200)] = ""


class InviteRunner(Sent):
    """Invite a runner, or give a known one a new key."""

    name: Name
    labels: Annotated[list[Name], Field(min_length=1, max_length=20, description="Targets name one of them.")]


class EnrolRunner(Sent):
    """What a runner shows once: its one-time token and its public key."""

    token: Line
    key: Annotated[str, Field(max_length=64, description="Ed25519, base64.")]


class AskForWork(Sent):
    """A runner asks for the next run, and says what it allows."""

    version: Annotated[str, Field(max_length=64)] = ""
    effects: Annotated[list[Name], Field(max_length=8)] = []
    programs: Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=200)] = []
    wait: Annotated[float, Field(ge=0, le=30, description="Seconds to wait for one.")] = 20


class RunHeard(Sent):
    """A sign of life of a run, with the next chunk of its output, counted from 1; empty when there is none."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=False)

    chunk: Annotated[int, Field(ge=0)] = 0
    text: Annotated[str, Field(max_length=262_144)] = ""


class HowItEnded(Sent):
    """How a run ended. ``begun`` false when its command was never started, ``lost`` when nobody saw its end."""

    exit_codes: Annotated[list[int], Field(max_length=100)] = []
    truncated: bool = False
    timed_out: bool = False
    seconds: Annotated[float, Field(ge=0)] = 0
    trouble: Text = ""
    cancelled: bool = False
    lost: bool = False
    begun: bool = True


class RunEnded(Sent):
    """One part of what a run printed, counted from 1; with the last part, how it ended."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=False)

    part: Annotated[int, Field(ge=1, le=64)] = 1
    text: Annotated[str, Field(max_length=262_144)] = ""
    ended: HowItEnded | None = None
