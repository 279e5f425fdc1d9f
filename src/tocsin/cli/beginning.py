"""``tocsin init``: asks once what a runbook leaves open, and writes ``tocsin.toml`` or, if wanted, the runbook itself.

A second run asks what is open since, and adds the answers; what was answered in either place is not asked again.
"""

from __future__ import annotations

import argparse
import getpass
import json
import re
import sys
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tocsin.app.team import ServiceSettings
from tocsin.cli.compiling import compiled
from tocsin.cli.documents import service_of, settings_beside
from tocsin.cli.output import chat, dump, say
from tocsin.cli.questions import Ask, Question, ask_all, open_questions, told, typed
from tocsin.cli.reading import MARKDOWN, SETTINGS
from tocsin.cli.rewriting import is_agreed, replace, show
from tocsin.errors import Conflict, TocsinError
from tocsin.incident.plan import ResponsePlan
from tocsin.incident.planning import plan_response
from tocsin.runbook.answer_list import item, with_answers
from tocsin.runbook.answers.forms import FORMS
from tocsin.runbook.fixes import Written, written
from tocsin.runbook.playbook import Playbook
from tocsin.settings.loading import FILE_NAME, settings_of


@dataclass(frozen=True, slots=True)
class _Start:
    """What a run of ``init`` begins with. ``service`` is the one of the file that is there, if it knows the runbook."""

    path: Path
    playbook: Playbook
    output: Path
    service: ServiceSettings | None
    key: str
    plan: ResponsePlan
    as_json: bool
    others: tuple[str, ...] | None = None  # keys of the services of the file that is there, and is to stay

    @property
    def joins(self) -> bool:
        """Whether the runbook is a further one of a file that is there."""
        return self.others is not None and self.service is None

    @property
    def name(self) -> str:
        """What the runbook is about, in its own words."""
        return self.playbook.service or self.playbook.title


def init(arguments: argparse.Namespace) -> int:
    """Write the team's answers down; the exit status."""
    start = _started(arguments)
    ask: Ask | None = None if arguments.no_input or not sys.stdin.isatty() else typed
    questions = open_questions(start.plan)
    into: str | None = arguments.into
    if into == MARKDOWN:
        _rewritten(start, {one.setting: one.example for one in questions if one.can_be_answered})  # before asking
    elif start.joins and start.key in (start.others or ()):
        said = f"{start.output} has a service {start.key!r} with another runbook"
        raise Conflict(f"{said}; --service KEY names this one, --force replaces the file, -o writes another one")
    if ask is not None:
        ask_all(questions, ask)
        into = into or _chosen(start, questions, ask)
    if into == MARKDOWN:
        return _into_markdown(start, questions, asked=ask is not None)
    if start.service is not None:
        return _added(start, start.service.key, questions)
    if start.joins:
        return _joined(start, questions)
    return _begun(start, questions, asked=ask is not None)


def _started(arguments: argparse.Namespace) -> _Start:
    path, output = Path(arguments.runbook), Path(arguments.output or FILE_NAME)
    playbook = compiled(path)
    there = output.exists() and not arguments.force
    settings = settings_beside(str(output)) if there else None
    service = service_of(settings, path)
    others = tuple(settings.team.services) if settings else None
    key = service.key if service else arguments.service or _slug(playbook.service or playbook.title or path.stem)
    plan = plan_response(playbook, key, service.choices if service else None)
    return _Start(path, playbook, output, service, key, plan, arguments.json, others)


# --- into the settings --------------------------------------------------------------------------------------


def _begun(start: _Start, questions: Sequence[Question], *, asked: bool) -> int:
    """Write a first file."""
    output, handle = start.output, _slug(getpass.getuser()) or "me"
    text = settings_text(start.plan, start.key, start.name, _relative(start.path, output), handle, questions)
    settings_of(tomllib.loads(text), output.absolute(), environ={}, flags={})
    output.write_text(text, encoding="utf-8")
    if start.as_json:
        left = [each.question for one in questions for each in one.asked]
        dump({"path": str(output), "service": start.key, "open_questions": left})
    chat(f"wrote {output}: the service {start.key!r}; words of the runbook to bind to people: {_count(start.plan)}")
    if not asked and questions:
        chat(f"open questions: {len(questions)}; they stand in the file as comments")
    chat("next: put your people in, `tocsin config check`, `tocsin rehearse`, `tocsin serve`")
    return 0


def _joined(start: _Start, questions: Sequence[Question]) -> int:
    """Add a service to a file that is there: who is meant by its words is for the team to say."""
    text = start.output.read_text(encoding="utf-8")
    end = "\r\n" if "\r\n" in text else "\n"
    name, runbook = (json.dumps(one, ensure_ascii=False) for one in (start.name, _relative(start.path, start.output)))
    lines = [
        "",
        f"[service.{start.key}]",
        f"name = {name}",
        f"runbook = {runbook}",
        "",
        f"[service.{start.key}.assume]",
    ]
    text = text.rstrip() + end + end.join(lines) + end
    settings_of(tomllib.loads(text), start.output.absolute(), environ={}, flags={}, need_secrets=False)
    start.output.write_text(text, encoding="utf-8")
    chat(f"added the service {start.key!r} to {start.output}")
    bound = tomllib.loads(text).get("roles", {})
    if left := [json.dumps(one, ensure_ascii=False) for one in _targets(start.plan) if one not in bound]:
        chat(f"to be bound to people, under [roles]: {', '.join(left)}")
    return _added(start, start.key, questions)


def _added(start: _Start, key: str, questions: Sequence[Question]) -> int:
    """Add the answers to a file that knows the service."""
    output = start.output
    questions = [one for one in questions if one.can_be_answered]
    given = {one.setting: _toml(one) for one in questions if one.answer is not None}
    if given:
        text = added_to(output.read_text(encoding="utf-8"), key, given)
        settings_of(tomllib.loads(text), output.absolute(), environ={}, flags={}, need_secrets=False)
        output.write_text(text, encoding="utf-8")
    _tell_left(start, questions, output)
    return 0


def _tell_left(start: _Start, questions: Sequence[Question], where: Path, *, listed: bool = False) -> None:
    """How much is answered, and what is open still, unless it was ``listed`` just now."""
    left = [one for one in questions if one.answer is None]
    if start.as_json:
        asked = [each.question for one in left for each in one.asked]
        dump({"path": str(where), "service": start.key, "open_questions": asked})
    chat(f"{where}: answered {len(questions) - len(left)}, still open {len(left)}")
    for one in () if listed else left:
        for line in _lines(one):
            chat(f"  {line.removeprefix('# ')}")


def added_to(text: str, service: str, answers: Mapping[str, str]) -> str:
    """The text of a ``tocsin.toml`` with these settings in the service's ``assume`` table; all else stays."""
    if not answers:
        return text
    end = "\r\n" if "\r\n" in text else "\n"
    lines = text.splitlines()
    head = re.compile(rf'^\s*\[\s*service\s*\.\s*["\']?{re.escape(service)}["\']?\s*\.\s*assume\s*\]')
    at = next((n for n, line in enumerate(lines) if head.match(line)), None)
    if at is None:
        lines += ["", f"[service.{service}.assume]"]
        at = len(lines) - 1
    last = next((n for n in range(at + 1, len(lines)) if lines[n].lstrip().startswith("[")), len(lines))
    waiting = [re.compile(rf"^#\s*{re.escape(setting)}\s*=") for setting in answers]
    kept = [line for line in lines[at + 1 : last] if not any(one.match(line) for one in waiting)]
    lines[at + 1 : last] = [*(f"{setting} = {value}" for setting, value in answers.items()), *kept]
    return end.join(lines) + end


def settings_text(
    plan: ResponsePlan, key: str, name: str, runbook: str, handle: str, questions: Sequence[Question]
) -> str:
    """The file's text. Questions without an answer become comments."""
    targets = _targets(plan)
    lines = [
        "# What Tocsin needs to know besides the runbook. Every setting: docs/configuration.md. No secrets in here:",
        '# write { env = "NAME" } or { file = "/run/secrets/name" } instead.',
        "version = 1",
        "",
        "# Who is called when nobody answers.",
        f"catch_all = [{json.dumps(handle)}]",
        "",
        f"[service.{key}]",
        f"name = {json.dumps(name, ensure_ascii=False)}",
        f"runbook = {json.dumps(runbook, ensure_ascii=False)}",
        "",
        f"[service.{key}.assume]",
        *[line for one in questions for line in _lines(one)],
        "",
        f"[people.{handle}]",
        f"[[people.{handle}.ways]]",
        'kind = "phone"  # the built-in one; also: email, webhook, apprise (170 services)',
        "",
        '# Who is meant by the runbook\'s words: handles, or schedules as "schedule:name".',
        "[roles]",
        *[f"{json.dumps(target, ensure_ascii=False)} = [{json.dumps(handle)}]" for target in targets],
        "",
        f"[integration.{key}-alerts]",
        'source = "alertmanager"  # each source that can be named here: docs/sources.md',
        f"service = {json.dumps(key)}",
    ]
    return "\n".join(lines) + "\n"


def _toml(question: Question) -> str:
    """The answer as a value of TOML."""
    said = question.answer or ""
    match FORMS[question.setting].read(said):
        case bool(value):
            return "true" if value else "false"
        case tuple(names):
            return json.dumps(list(names), ensure_ascii=False)
        case _:
            return json.dumps(said, ensure_ascii=False)


def _lines(question: Question) -> list[str]:
    """The setting with its questions as comments; commented out while nobody has answered."""
    lines = [f"# {line}" for line in told(question)]
    if not question.can_be_answered:
        lines.append("# Answer it in the runbook: write down who is called, and in which order.")
    elif question.answer is not None:
        lines.append(f"{question.setting} = {_toml(question)}")
    else:
        shown = "false" if question.is_flag else json.dumps(question.example, ensure_ascii=False)
        lines.append(f"# {question.setting} = {shown}")
    return lines


# --- into the runbook ---------------------------------------------------------------------------------------


def _chosen(start: _Start, questions: Sequence[Question], ask: Ask) -> str:
    """Where the answers shall go, once there are any; where the runbook cannot take them, that is not offered."""
    given = _given(questions)
    if not given:
        return SETTINGS
    try:
        _rewritten(start, given)
    except TocsinError:
        return SETTINGS
    usual = MARKDOWN if start.playbook.answers else SETTINGS
    chat("")
    chat(f"Write the answers into {start.output} ({SETTINGS}) or into {start.path} itself ({MARKDOWN})?")
    while True:
        said = ask(f"  {SETTINGS} or {MARKDOWN} [Enter: {usual}]: ").strip().casefold() or usual
        if found := next((one for one in (SETTINGS, MARKDOWN) if one.startswith(said)), None):
            return found
        chat(f"  write {SETTINGS} or {MARKDOWN}")


def _into_markdown(start: _Start, questions: Sequence[Question], *, asked: bool) -> int:
    """Write the answers into the document: the difference first, then a yes. 1 when somebody said no."""
    questions = [one for one in questions if one.can_be_answered]
    if not asked:
        for one in questions:
            for line in told(one):
                chat(line)
            if not start.as_json:
                say(item(one.setting, one.example))
    if given := _given(questions):
        data, before, after = _rewritten(start, given)
        show(start.path, before, after, tell=chat if start.as_json else say)
        if not is_agreed(f"{start.path}: {len(given)} {'answer' if len(given) == 1 else 'answers'}"):
            chat("nothing was written")
            return 1
        replace(start.path, data, after.data())
    _tell_left(start, questions, start.path, listed=not asked)
    if not start.output.exists():
        chat(f"next: `tocsin init {start.path}` writes {start.output}, and asks nothing of that again")
    return 0


def _rewritten(start: _Start, given: Mapping[str, str]) -> tuple[bytes, Written, Written]:
    """The document's bytes, and its lines before and after. Raises BadDocument, Conflict."""
    data = start.path.read_bytes()
    before = written(data, str(start.path))
    return data, before, with_answers(before, str(start.path), given)


def _given(questions: Sequence[Question]) -> dict[str, str]:
    return {one.setting: one.answer for one in questions if one.answer is not None}


def _targets(plan: ResponsePlan) -> list[str]:
    every: Sequence[str] = [
        target for one in (*plan.severities, plan.unassessed) for level in one.levels for target in level.targets
    ]
    return list(dict.fromkeys(every))


def _count(plan: ResponsePlan) -> int:
    return len(_targets(plan))


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")[:40].strip("-") or "service"


def _relative(path: Path, output: Path) -> str:
    try:
        return path.resolve().relative_to(output.absolute().parent.resolve()).as_posix()
    except ValueError:
        return str(path.resolve())
