"""``tocsin init``: writes a first ``tocsin.toml`` for a runbook, asking once what the runbook leaves open.

A second run asks what the runbook leaves open since, and adds the answers; what was answered is not asked again.
"""

from __future__ import annotations

import argparse
import getpass
import json
import re
import sys
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tocsin.cli.documents import compiled, service_of, settings_beside
from tocsin.cli.output import chat, dump, plain
from tocsin.cli.verbs import Verb
from tocsin.errors import BadInput, Conflict
from tocsin.incident.plan import Assumption, ResponsePlan
from tocsin.incident.planning import plan_response
from tocsin.runbook.playbook import Playbook
from tocsin.settings.declared import SETTINGS
from tocsin.settings.kinds import FLAG, SPAN, Kind
from tocsin.settings.loading import FILE_NAME, settings_of

_ASSUME = {s.parts[-1]: s.kind for s in SETTINGS if s.path.startswith("service.<key>.assume.")}


@dataclass(slots=True)
class _Question:
    """One setting that answers one or several open questions of the plan."""

    setting: str
    asked: list[Assumption] = field(default_factory=list)
    answer: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether a setting could answer it and none has."""
        return self.setting in _ASSUME and any(not one.accepted for one in self.asked)

    @property
    def meanwhile(self) -> list[str]:
        """What holds until somebody answers: one value, or several for several severities."""
        return list(dict.fromkeys(one.answer for one in self.asked))


Ask = Callable[[str], str]


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("runbook", metavar="RUNBOOK.md")
    parser.add_argument("-o", "--output", metavar="FILE", help=f"the file to write; {FILE_NAME} in this folder")
    parser.add_argument("--service", metavar="KEY", help="the key of the service; made from the runbook's title")
    parser.add_argument("--no-input", action="store_true", help="ask nothing: open questions become comments")
    parser.add_argument("--force", action="store_true", help="replace a file that is there")
    parser.add_argument("--json", action="store_true", help="print what was written for programs")


def _init(arguments: argparse.Namespace) -> int:
    path = Path(arguments.runbook)
    output = Path(arguments.output or FILE_NAME)
    playbook = compiled(path)
    ask: Ask | None = None if arguments.no_input or not sys.stdin.isatty() else _asked
    if output.exists() and not arguments.force:
        return _again(path, playbook, output, ask, as_json=arguments.json)
    key = arguments.service or _slug(playbook.service or playbook.title or path.stem)
    plan = plan_response(playbook, key)
    handle = _slug(getpass.getuser()) or "me"
    text = settings_text(plan, key, playbook.service or playbook.title, _relative(path, output), handle, ask)
    settings_of(tomllib.loads(text), output.absolute(), environ={}, flags={})
    output.write_text(text, encoding="utf-8")
    questions = _questions(plan)
    if arguments.json:
        dump({"path": str(output), "service": key, "open_questions": [one.question for one in plan.assumptions]})
    chat(f"wrote {output}: the service {key!r}; words of the runbook to bind to people: {len(_targets(plan))}")
    if ask is None and questions:
        chat(f"open questions: {len(questions)}; they stand in the file as comments")
    chat("next: put your people in, `tocsin config check`, `tocsin rehearse`, `tocsin serve`")
    return 0


def _again(path: Path, playbook: Playbook, output: Path, ask: Ask | None, *, as_json: bool) -> int:
    """Ask what is still open for a service that the file knows, and add the answers to it."""
    service = service_of(settings_beside(str(output)), path)
    if service is None:
        said = f"{output} is there already and knows no service with this runbook"
        raise Conflict(f"{said}; add one to it, --force replaces it, -o writes another file")
    questions = [one for one in _questions(plan_response(playbook, service.key, service.choices)) if one.is_open]
    text = output.read_text(encoding="utf-8")
    if ask is not None:
        for one in questions:
            _ask_one(one, ask)
        text = with_answers(text, service.key, {one.setting: one.answer for one in questions if one.answer})
        settings_of(tomllib.loads(text), output.absolute(), environ={}, flags={}, need_secrets=False)
        output.write_text(text, encoding="utf-8")
    left = [one for one in questions if one.answer is None]
    if as_json:
        asked = [each.question for one in left for each in one.asked]
        dump({"path": str(output), "service": service.key, "open_questions": asked})
    chat(f"{output}: answered {len(questions) - len(left)}, still open {len(left)}")
    for one in left:
        for line in _lines(one):
            chat(f"  {line.removeprefix('# ')}")
    return 0


def with_answers(text: str, service: str, answers: Mapping[str, str]) -> str:
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


def settings_text(plan: ResponsePlan, key: str, name: str, runbook: str, handle: str, ask: Ask | None) -> str:
    """The file's text. Without ``ask`` the open questions become comments."""
    questions = _questions(plan)
    if ask is not None:
        for one in questions:
            _ask_one(one, ask)
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
        'source = "alertmanager"  # or pagerduty, generic',
        f"service = {json.dumps(key)}",
    ]
    return "\n".join(lines) + "\n"


def _questions(plan: ResponsePlan) -> list[_Question]:
    """The open questions by the setting that answers them; the rest is answered in the runbook or by [roles]."""
    by_setting: dict[str, _Question] = {}
    for one in plan.assumptions:
        setting = one.key.split(".")[1]
        by_setting.setdefault(setting, _Question(setting)).asked.append(one)
    return list(by_setting.values())


def _ask_one(question: _Question, ask: Ask) -> None:
    kind = _ASSUME.get(question.setting)
    if kind is None:
        return
    first = question.asked[0]
    chat("")
    chat(plain(first.question) + (f" (runbook line {first.cite.first})" if first.cite else ""))
    if len(question.asked) > 1:
        chat(f"  one answer for {len(question.asked)} severities")
    meanwhile = question.meanwhile
    only = "no" if kind is FLAG else meanwhile[0] if len(meanwhile) == 1 else None
    enter = f"Enter: {only}" if only else f"Enter keeps {', '.join(meanwhile)} and leaves it open"
    while True:
        said = ask(f"  {_hint(kind)} [{enter}]: ").strip() or only
        if said is None:
            return
        try:
            kind.read(said)
        except ValueError as wrong:
            chat(f"  {wrong}")
            continue
        question.answer = _toml(kind, said)
        return


def _hint(kind: Kind) -> str:
    if kind is SPAN:
        return "a span like 10 min"
    return "the shorter one? yes or no" if kind is FLAG else kind.name


def _toml(kind: Kind, said: str) -> str:
    value = kind.read(said)
    if kind is FLAG:
        return "true" if value else "false"
    if isinstance(value, tuple):
        return json.dumps(list(value), ensure_ascii=False)
    return json.dumps(said, ensure_ascii=False)


def _lines(question: _Question) -> list[str]:
    """The setting with its questions as comments; commented out while nobody has answered."""
    lines = []
    for one in question.asked:
        where = f" (line {one.cite.first})" if one.cite else ""
        lines.append(f"# {_comment(one.question)}{where} Meanwhile: {_comment(one.answer)}.")
    kind = _ASSUME.get(question.setting)
    if kind is None:
        lines.append("# Answer it in the runbook: write down who is called, and in which order.")
    elif question.answer is not None:
        lines.append(f"{question.setting} = {question.answer}")
    else:
        shown = "false" if kind is FLAG else json.dumps(question.meanwhile[0], ensure_ascii=False)
        lines.append(f"# {question.setting} = {shown}")
    return lines


def _targets(plan: ResponsePlan) -> list[str]:
    every: Sequence[str] = [
        target for one in (*plan.severities, plan.unassessed) for level in one.levels for target in level.targets
    ]
    return list(dict.fromkeys(every))


def _comment(text: str) -> str:
    return " ".join(plain(text).split())


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.casefold()).strip("-")[:40].strip("-") or "service"


def _relative(path: Path, output: Path) -> str:
    try:
        return path.resolve().relative_to(output.absolute().parent.resolve()).as_posix()
    except ValueError:
        return str(path.resolve())


def _asked(prompt: str) -> str:
    sys.stderr.write(prompt)
    sys.stderr.flush()
    line = sys.stdin.readline()
    if not line:
        raise BadInput("the input ended; --no-input asks nothing")
    return line


VERBS = {"init": Verb(_arguments, _init)}
