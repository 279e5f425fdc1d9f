"""From a shell block to steps, with the comments as titles, conditions, alternatives and things to do by hand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from tocsin.runbook.command.commands import shell_command, sql_command
from tocsin.runbook.command.shell import Blank, Comment, Event, Output, Statement, Told
from tocsin.runbook.document.blocks import Fence
from tocsin.runbook.document.fencekinds import shell_events
from tocsin.runbook.document.inline import without_ordinal
from tocsin.runbook.instructions import Command, Step, StepKind
from tocsin.runbook.procedure.cases import answer_in, aside_alone, case_alone, in_case
from tocsin.runbook.procedure.comments import Said, is_by_hand, is_disabled_code, understand
from tocsin.runbook.procedure.forbidden import forbids_below, forbids_beside, warns_beside
from tocsin.runbook.procedure.provisos import condition_said, proviso_said, under
from tocsin.runbook.procedure.ways import before_another, chooses_one, lettered_among, platforms_among, way_in
from tocsin.runbook.stated import Duration, Lines
from tocsin.runbook.wording import watched
from tocsin.runbook.words import vocabulary

_EDITORS = re.compile(r"^(?:sudo\s+)?(?:nano|vim?|emacs|code|visudo|crontab\s+-e|kubectl\s.*\bedit\b)")
_SSH = re.compile(r"^(?:ssh|gcloud compute ssh)\s+(?:-\S+\s+(?=\S+\s+\S))*(?P<host>[\w.@<>-]+)(?:\s+-\S+)*$")
_ASSIGNED = re.compile(r"[A-Za-z_]\w*=\S*")
_INTO = re.compile(r"\b(?:exec|debug|rsh|start-session|ssh console|execute-command|(?:vagrant|railway) ssh)\b")


def shell_steps(
    fence: Fence, section: str, group: str | None, condition: str | None, alternative: str | None
) -> Iterator[Step]:
    """The steps of one shell block. Comments that no command follows are steps to do by hand."""
    events = _joined_to_ways(shell_events(fence))
    said = (one.text if isinstance(one, Comment) else one.comment for one in events if isinstance(one, _COMMENTED))
    platforms = platforms_among(one.rstrip(_COLONS) for one in said if one)
    platforms |= lettered_among([one.text.rstrip(_COLONS) for one in events if isinstance(one, Comment)])
    reader = _Reader(section, group, condition, alternative, platforms)
    for n, event in enumerate(events):
        following = events[n + 1] if n + 1 < len(events) else None
        reader.take(event, following)
    reader.end()
    yield from reader.steps


def _joined_to_ways(events: Sequence[Event]) -> list[Event]:
    """The events without the empty lines between a comment that names a way, "# or", and what is done on it."""
    found: list[Event] = []
    for event in events:
        last = found[-1] if found else None
        if not (isinstance(event, Blank) and isinstance(last, Comment) and way_in(last.text) is not None):
            found.append(event)
    return found


@dataclass(slots=True)
class _Reader:
    section: str
    group: str | None
    condition: str | None
    alternative: str | None
    platforms: frozenset[str] = frozenset()
    steps: list[Step] = field(default_factory=list)
    held: list[Comment] = field(default_factory=list)
    said: Said = field(default_factory=lambda: Said(""))
    sticky: str | None = None
    host: str | None = None
    directory: str | None = None
    after_command: bool = False
    telling: bool = False
    limits: tuple[str, ...] = ()  # what the comments say of running the commands below them
    of_block: tuple[str, ...] = ()  # the same of a comment that stands apart, for all that follows
    case: str | None = None  # in which what the comments are above changes something: "# Queue full"
    forbidden: bool = False
    choice: str = ""  # the title of the commands of which one is run: "# Pick one"

    def take(self, event: Event, following: object) -> None:
        """One line or statement of the block."""
        match event:
            case Comment():
                if self.after_command and self._belongs_to_last(event, following):
                    self._add_detail(event)
                elif self.after_command and is_by_hand(event.text) and self.steps:
                    self.held.append(event)
                    self._by_hand()
                else:
                    if self.after_command:
                        self._forget()
                    self.held.append(event)
                    self.after_command = False
            case Blank():
                self._by_hand()
                self.after_command = self.telling = False
                self._forget()
            case Told():
                self._by_hand()
                self._forget()
                self.after_command, self.telling = False, True
                self.held.append(Comment(event.text, event.line))
            case Statement() if _ASSIGNED.fullmatch(event.text) and any(is_by_hand(one.text) for one in self.held):
                self.held.append(Comment(event.text, event.first))  # "# Edit .env", then what is to stand there
            case Statement():
                self._command(event)
                self.after_command = True
            case Output():
                if self.telling:
                    self._go_on(Comment(event.text.lstrip("→-* "), event.line))
                self.after_command = False

    def _forget(self) -> None:
        """The comments so far are not about what follows."""
        self.said, self.limits, self.case, self.forbidden = Said(""), (), None, False

    def end(self) -> None:
        """The end of the block."""
        self._by_hand()

    def _belongs_to_last(self, comment: Comment, following: object) -> bool:
        """Whether a comment right below a command explains it: an edit to make in the editor, a closing remark."""
        last = self.steps[-1].command if self.steps else None
        if last is not None and _EDITORS.match(last.text):
            return True
        return not isinstance(following, Statement | Comment) and not self.held

    def _go_on(self, comment: Comment) -> None:
        """Keep a further line below a numbered one with it, or with the command that it announced."""
        if self.held:
            self.held.append(comment)
        else:
            self._add_detail(comment)

    def _add_detail(self, comment: Comment) -> None:
        step = under(self.steps[-1], proviso_said(comment.text))
        self.steps[-1] = replace(step, details=(*step.details, comment.text))

    def _by_hand(self) -> None:
        """Make a manual step of comments that no command followed."""
        comments = [comment for comment in self.held if comment.text and not comment.text.startswith(("...", "…"))]
        self.held = []
        if not comments or all(is_disabled_code(comment.text) for comment in comments):
            return
        said = self._understood(comments)
        self._remember(said)
        self.of_block = (*self.of_block, *filter(None, (proviso_said(one.text) for one in comments)))
        title = said.title
        wait = watched(title)
        kind = StepKind.WAIT if wait else _kind(title)
        lines = Lines(comments[0].line, comments[-1].line)
        self.steps.append(self._step(title, kind, lines, said, wait=wait, details=said.details))

    def _command(self, statement: Statement) -> None:
        details: tuple[str, ...] = (statement.comment,) if statement.comment else ()
        if self.held:
            self._earlier_numbers()
            self.said = self._understood()
            self._remember(self.said)
            details = (*self.said.details, *details)
            texts = [comment.text for comment in self.held]
            limits = (one for text in texts for one in (warns_beside(text), condition_said(text), answer_in(text)))
            self.limits = tuple(filter(None, limits))
            case = next(filter(None, map(_case_of, texts)), None)
            told = case is not None and (self.said.alternative or "").startswith(case)  # "# For the old mill"
            self.case = None if told else case
            self.forbidden = any(forbids_beside(one) or forbids_below(f"{one.rstrip(_COLONS)}:") for one in texts)
            self.held = []
        said = self._beside(statement)
        if self._has_left(statement.text):
            self.host = None
        command = (
            sql_command(statement.text)
            if statement.sql
            else shell_command(statement, host=self.host, directory=self.directory)
        )
        lines = Lines(statement.first, statement.last)
        step = self._step(
            said.title or _first_line(command), StepKind.COMMAND, lines, said, command=command, details=details
        )
        behind = condition_said(statement.comment) if statement.comment else None
        case = aside_alone(statement.comment) if statement.comment and behind is None else None
        (step,) = in_case((under(step, *self.limits, *self.of_block, behind),), self.case or case)
        if self.choice and step.alternative is None:
            step = replace(step, alternative=step.title if step.title != self.choice else _first_line(command))
        self.steps.append(only_told(step) if self.forbidden else step)
        self._move(command)

    def _understood(self, comments: list[Comment] | None = None) -> Said:
        """What the comments say, where the steps so far are told from those of another way: "# or"."""
        held = self.held if comments is None else comments
        said = understand(held)
        self.choice = said.title if any(chooses_one(one.text) for one in held) else self.choice
        if said.other and self.steps:
            begun = len(self.steps) - 1
            while begun and self.steps[begun - 1].title == self.steps[-1].title:
                begun -= 1
            self.steps[begun:] = before_another(self.steps[begun:])
        return replace(said, alternative=said.title.rstrip(_COLONS)) if said.title in self.platforms else said

    def _earlier_numbers(self) -> None:
        """Make manual steps of numbered comments with none but the next number below: the last one is the command's."""
        numbered = [n for n, one in enumerate(self.held) if _NUMBERED.match(one.text)]
        if len(numbered) < 2 or numbered[0] > 0:
            return
        comments = self.held
        for first, behind in pairwise(numbered):
            self.held = comments[first:behind]
            self._by_hand()
        self.held = comments[numbered[-1] :]

    def _beside(self, statement: Statement) -> Said:
        """What is said of a command, where the comment behind it may name its way: "make roll  # Option B"."""
        if statement.comment in self.platforms and self.said.alternative is None:
            return replace(self.said, alternative=statement.comment)
        way = way_in(statement.comment) if statement.comment else None
        if way is None or self.said.alternative is not None:
            return self.said
        if way.other and not (self.steps and self.steps[-1].alternative):
            return self.said  # "make roll  # or: make back", "region=a  # or b"
        return replace(self.said, alternative=way.label)

    def _remember(self, said: Said) -> None:
        if said.sticky:
            self.sticky = said.condition
        elif said.condition or (said.alternative and not said.numbered):
            self.sticky = None

    def _has_left(self, text: str) -> bool:
        """Whether the shell in a container has been left: the program that went into it is not inside."""
        if self.host is None or not _INTO.search(self.host):
            return False
        return text.removeprefix("sudo ").split()[:1] == self.host.removeprefix("sudo ").split()[:1]

    def _move(self, command: Command) -> None:
        if match := _SSH.match(command.text):
            self.host = match["host"]
        elif command.termination == "interactive" and command.stdin is None and _INTO.search(command.text):
            self.host = command.text
        elif command.text.startswith("cd "):
            self.directory = command.text[3:].strip()
        elif command.text == "exit":
            self.host = None

    def _step(
        self,
        title: str,
        kind: StepKind,
        lines: Lines,
        said: Said,
        *,
        command: Command | None = None,
        wait: Duration | None = None,
        details: tuple[str, ...] = (),
    ) -> Step:
        verifying = vocabulary().begins_with("verify", title, 2)
        way = _way_of(said, command)
        inner = said.other and not said.title and self.alternative is not None  # on a way that has ways itself
        return Step(
            id="",
            title=title,
            kind=kind,
            section="verification" if verifying and command else self.section,
            lines=lines,
            command=command,
            condition=said.condition or (way if inner else None) or self.sticky or self.condition,
            alternative=self.alternative if inner else way or self.alternative,
            group=self.group,
            wait=wait,
            details=tuple(without_ordinal(detail) for detail in details if detail),
        )


def _way_of(said: Said, command: Command | None) -> str | None:
    """What the way is called: "or" alone names none, and of several such each is another one."""
    if said.alternative is None or said.title or not said.other or command is None:
        return said.alternative
    return f"{said.alternative} {_first_line(command)}"


def _case_of(comment: str) -> str | None:
    """The case that a comment is, "Queue full", or that it names before what is done then: "Queue full: empty it"."""
    label = _LABEL.match(comment) if (said := case_alone(comment)) is None else None
    return case_alone(label["label"]) if label is not None else said


_NUMBERED = re.compile(r"\d{1,2}[.)．、]\s*\S")
_LABEL = re.compile(r"(?P<label>[^:：]{2,40})[:：]\s*\S")


def only_told(step: Step) -> Step:
    """A step whose command is not to be run: what the document says of it is kept to be read."""
    if step.command is None:
        return step
    return replace(step, kind=StepKind.REFERENCE, command=None, details=(step.command.text, *step.details))


_COLONS = ":： "
_COMMENTED = (Comment, Statement)


def _kind(title: str) -> StepKind:
    words = vocabulary()
    if words.begins_with("notify", title, 3):
        return StepKind.MESSAGE
    return StepKind.VERIFY if words.begins_with("verify", title, 3) else StepKind.MANUAL


def _first_line(command: Command) -> str:
    return command.text.split("\n", 1)[0]
