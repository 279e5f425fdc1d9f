"""One incident written down as many teams would: what it says stays the same, how it is laid out changes.

A layout is a way to name a part of the incident (``LABELS``) and a way to write down what is run there (``BODIES``).
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

READ, CHANGE, DESTROY = "read_only", "mutating", "destructive"


@dataclass(frozen=True)
class Deed:
    """One thing to run: what it is called, the command, what that does, and on which condition only."""

    title: str
    command: str
    effect: str = READ
    only: str = ""


@dataclass(frozen=True)
class Facts:
    """What a team knows about one incident."""

    title: str
    alert: str
    symptoms: tuple[str, ...]
    checks: tuple[Deed, ...]
    fixes: tuple[Deed, ...]
    proofs: tuple[Deed, ...]
    undos: tuple[Deed, ...]

    @property
    def deeds(self) -> tuple[Deed, ...]:
        """Everything to run, in the order in which it is written down."""
        return (*self.checks, *self.fixes, *self.proofs, *self.undos)

    @property
    def is_of_lines(self) -> bool:
        """Whether a command goes over several lines."""
        return any("\n" in deed.command for deed in self.deeds)


@dataclass(frozen=True)
class Words:
    """What a team calls the parts of an incident."""

    symptoms: str
    checks: str
    fixes: str
    proofs: str
    undos: str


Label = Callable[[str, int], str]
"""How a part is named, by its name and its number."""
Body = Callable[[tuple[Deed, ...]], str]
"""How what is run in a part is written down."""
Written = tuple[str, list[str]]
"""A document, and the titles of the procedures in it."""


def fenced(text: str, info: str = "bash", indent: str = "", mark: str = "```") -> str:
    """A block of code."""
    return "".join(f"{indent}{line}".rstrip() + "\n" for line in (mark + info, *text.splitlines(), mark)) + "\n"


def listed(lines: Iterable[str], mark: str = "-") -> str:
    """A list of these lines."""
    return "".join(f"{mark} {line}\n" for line in lines) + "\n"


def lower(text: str) -> str:
    """A text that goes on behind a comma."""
    return text[:1].lower() + text[1:]


def called(deed: Deed) -> str:
    """What stands before a command: its condition and its title."""
    return f"{deed.only}, {lower(deed.title)}" if deed.only else deed.title


def counted(write: Callable[[Deed, int], str]) -> Body:
    """A body that writes one deed after the other, counted from 1."""
    return lambda deeds: "".join(write(deed, n) for n, deed in enumerate(deeds, 1)) + "\n"


def below(write: Callable[[str], str], end: str = ":") -> Body:
    """A body with a line above each command."""
    return counted(lambda deed, n: f"{called(deed)}{end}\n\n{write(deed.command)}")


def beside(form: str) -> Body:
    """A body with the command in code beside its title: "- {title}: {code}"."""
    return counted(lambda deed, n: form.format(title=called(deed), code=f"`{deed.command}`", n=n) + "\n")


def commented(mark: str, between: str) -> Body:
    """A body that is one block with a comment above each command."""

    def write(deeds: tuple[Deed, ...]) -> str:
        said = (f"# {mark.format(n=n)}{called(deed)}\n{deed.command}" for n, deed in enumerate(deeds, 1))
        return fenced(between.join(said))

    return write


def tabled(head: str, form: str) -> Body:
    """A body that is a table with a row for each deed."""
    columns = head.count("|") - 1
    rows_of = counted(
        lambda deed, n: (
            form.format(title=called(deed), bare=deed.title, only=deed.only, code=f"`{deed.command}`", n=n) + "\n"
        )
    )
    return lambda deeds: f"{head}\n{'|---' * columns}|\n{rows_of(deeds)}"


def raw_tabled(deeds: tuple[Deed, ...]) -> str:
    """The same in raw HTML."""
    said = ((html.escape(called(deed)), html.escape(deed.command)) for deed in deeds)
    inside = "".join(f"<tr><td>{title}</td><td><code>{code}</code></td></tr>\n" for title, code in said)
    return f"<table>\n<tr><th>Step</th><th>Command</th></tr>\n{inside}</table>\n\n"


def set_in(command: str) -> str:
    """A block of code by four blanks before each line."""
    return "".join(f"    {line}\n" for line in command.splitlines()) + "\n"


def raw_pre(command: str) -> str:
    """A block of code in raw HTML."""
    return f"<pre><code>{html.escape(command)}</code></pre>\n\n"


def raw_list(deeds: tuple[Deed, ...]) -> str:
    """A list in raw HTML with a block of code in each item."""
    items = (f"<li>{called(deed)}:\n<pre>{html.escape(deed.command)}</pre></li>\n" for deed in deeds)
    return f"<ol>\n{''.join(items)}</ol>\n\n"


PICTURES = "🔍🩺🔧✅⏪"

LABELS: dict[str, Label] = {
    "bold": lambda name, n: f"**{name}**\n\n",
    "bold, colon inside": lambda name, n: f"**{name}:**\n\n",
    "bold, colon outside": lambda name, n: f"**{name}**:\n\n",
    "underscores": lambda name, n: f"__{name}__\n\n",
    "bold, counted": lambda name, n: f"**{n}. {name}**\n\n",
    "bold, with a picture": lambda name, n: f"**{PICTURES[n - 1]} {name}**\n\n",
    "bold, with a time": lambda name, n: f"**{name} ({5 * n} min)**\n\n",
    "heading": lambda name, n: f"#### {name}\n\n",
    "heading, colon": lambda name, n: f"#### {name}:\n\n",
    "heading, counted": lambda name, n: f"#### {n}. {name}\n\n",
    "heading, step": lambda name, n: f"#### Step {n}: {name}\n\n",
    "heading, with a picture": lambda name, n: f"#### {PICTURES[n - 1]} {name}\n\n",
    "heading in bold": lambda name, n: f"#### **{name}**\n\n",
    "heading, capitals": lambda name, n: f"#### {name.upper()}\n\n",
    "plain, colon": lambda name, n: f"{name}:\n\n",
    "plain, capitals": lambda name, n: f"{name.upper()}:\n\n",
    "raw heading": lambda name, n: f"<h4>{name}</h4>\n\n",
    "raw bold": lambda name, n: f"<b>{name}</b>\n\n",
    "raw paragraph": lambda name, n: f"<p><strong>{name}:</strong></p>\n\n",
    "fold": lambda name, n: ("</details>\n\n" if n > 1 else "") + f"<details>\n<summary>{name}</summary>\n\n",
    "fold in bold": lambda name, n: (
        ("</details>\n\n" if n > 1 else "") + f"<details>\n<summary><b>{name}</b></summary>\n\n"
    ),
}

OF_LINES: dict[str, Body] = {
    "blocks": below(fenced),
    "blocks of tildes": below(lambda command: fenced(command, "sh", mark="~~~")),
    "blocks without a name": below(lambda command: fenced(command, "")),
    "blocks in a counted list": counted(
        lambda deed, n: f"{n}. {called(deed)}:\n\n{fenced(deed.command, indent='   ')}"
    ),
    "blocks right below bold items": counted(
        lambda deed, n: f"{n}. **{called(deed)}**\n{fenced(deed.command, indent='   ')}"
    ),
    "blocks in a list": counted(lambda deed, n: f"- {called(deed)}\n\n{fenced(deed.command, 'shell', '  ')}"),
    "blocks below steps": counted(lambda deed, n: f"Step {n}: {called(deed)}\n\n{fenced(deed.command)}"),
    "blocks below bold steps": counted(lambda deed, n: f"**Step {n} – {called(deed)}**\n\n{fenced(deed.command)}"),
    "a block with comments": commented("", "\n\n"),
    "a tight block with comments": commented("", "\n"),
    "a block with counted comments": commented("{n}. ", "\n\n"),
    "prompts": below(lambda command: fenced(f"$ {command}\ntill-1   42   ok", "console")),
    "prompts of a host": below(lambda command: fenced(f"ops@till-1:~$ {command}\ntill-1   42   ok", "")),
    "output in a block": below(lambda command: f"{fenced(command)}Output:\n\n{fenced('till-1   42   ok', 'text')}"),
    "set in": below(set_in),
    "raw pre": counted(lambda deed, n: f"<p>{called(deed)}:</p>\n{raw_pre(deed.command)}"),
    "raw pre in a list": raw_list,
}
"""Bodies in which a command may have several lines."""

OF_ONE_LINE: dict[str, Body] = {
    "bare": below(lambda command: f"{command}\n\n"),
    "bare, line below line": counted(lambda deed, n: f"{called(deed)}:\n{deed.command}\n\n"),
    "items": beside("- {title}: {code}"),
    "items of stars": beside("* **{title}:** {code}"),
    "counted items": beside("{n}. {title}: {code}"),
    "counted items, dash": beside("{n}) {title} – {code}"),
    "items with arrows": beside("- {title} → {code}"),
    "boxes": beside("- [ ] {title}: {code}"),
    "items, run": beside("- {title}. Run {code}."),
    "paragraphs": beside("{title}: {code}\n"),
    "code below an item": beside("{n}. {title}\n   - {code}"),
    "code on its own line": beside("{n}. {title}  \n   {code}"),
    "items without marks": counted(lambda deed, n: f"- {called(deed)}: {deed.command}\n"),
    "code first": counted(
        lambda deed, n: f"- `{deed.command}` – {deed.title}" + (f". {deed.only}" if deed.only else "") + "\n"
    ),
    "code, then its condition": counted(
        lambda deed, n: f"- `{deed.command}`" + (f" ({lower(deed.only)})" if deed.only else "") + "\n"
    ),
    "a table of steps": tabled("| # | Step | Command |", "| {n} | {title} | {code} |"),
    "a table of two columns": tabled("| Step | Command |", "| {title} | {code} |"),
    "a table with conditions": tabled("| Step | Command | When |", "| {bare} | {code} | {only} |"),
    "a raw table": raw_tabled,
}
"""Bodies that have no place for a command of several lines."""

BODIES = OF_LINES | OF_ONE_LINE

CONDITIONS: dict[str, Callable[[Deed], Deed]] = {
    "in brackets": lambda deed: replace(deed, title=f"{deed.title} ({lower(deed.only)})", only=""),
    "before a colon": lambda deed: replace(deed, title=f"{deed.only}: {lower(deed.title)}", only=""),
    "if": lambda deed: replace(deed, only=deed.only.removeprefix("Only ").capitalize()),
}
"""Other ways to say the condition of a deed."""

WITHOUT_TITLES = ("code, then its condition", "a table with conditions")
"""Bodies that leave the title out, or the condition in a place of its own."""


def parts(facts: Facts, words: Words) -> Iterator[tuple[str, tuple[Deed, ...]]]:
    """The parts that have something to run, with their names."""
    yield words.checks, facts.checks
    yield words.fixes, facts.fixes
    yield words.proofs, facts.proofs
    yield words.undos, facts.undos


def laid_out(facts: Facts, words: Words, label: str, body: str) -> str:
    """The incident below its heading."""
    name = LABELS[label]
    text = name(words.symptoms, 1) + listed(facts.symptoms)
    for n, (part, deeds) in enumerate(parts(facts, words), 2):
        text += name(part, n) + BODIES[body](deeds)
    return text + ("</details>\n\n" if label.startswith("fold") else "")


def quoted(facts: Facts, words: Words) -> str:
    """All of it in a block quote."""
    lines = laid_out(facts, words, "bold", "blocks").splitlines()
    return "".join(f"> {line}".rstrip() + "\n" for line in lines) + "\n"


def outline(facts: Facts, words: Words) -> str:
    """A list of the parts, with lists inside."""
    text = f"- **{words.symptoms}:**\n" + "".join(f"  - {one}\n" for one in facts.symptoms)
    for name, deeds in parts(facts, words):
        text += f"- **{name}:**\n" + "".join(f"  - {called(deed)}: `{deed.command}`\n" for deed in deeds)
    return text + "\n"


def counted_outline(facts: Facts, words: Words) -> str:
    """A numbered list of the parts, with lists inside."""
    text = f"1. **{words.symptoms}**\n" + "".join(f"   - {one}\n" for one in facts.symptoms)
    for n, (name, deeds) in enumerate(parts(facts, words), 2):
        text += f"{n}. **{name}**\n" + "".join(f"   - {called(deed)}: `{deed.command}`\n" for deed in deeds)
    return text + "\n"


def in_items(facts: Facts, words: Words) -> str:
    """An item for each part, everything behind its label."""
    text = f"- **{words.symptoms}:** {'; '.join(facts.symptoms)}\n"
    for name, deeds in parts(facts, words):
        text += f"- **{name}:** " + "; ".join(f"{called(d)}: `{d.command}`" for d in deeds) + "\n"
    return text + "\n"


def one_block(facts: Facts, words: Words) -> str:
    """One block for everything to run, with comments as titles."""
    body = "\n\n".join(f"# {called(deed)}\n{deed.command}" for deed in facts.deeds)
    return f"**{words.symptoms}:** {'; '.join(facts.symptoms)}\n\n**{words.fixes}:**\n\n" + fenced(body)


def rows(facts: Facts, words: Words) -> str:
    """A table with the parts below each other."""
    text = f"| | |\n|---|---|\n| **{words.symptoms}** | {'; '.join(facts.symptoms)} |\n"
    for name, deeds in parts(facts, words):
        text += f"| **{name}** | " + "<br>".join(f"{called(deed)}: `{deed.command}`" for deed in deeds) + " |\n"
    return text + "\n"


def raw_rows(facts: Facts, words: Words) -> str:
    """The same in raw HTML."""
    text = f"<table>\n<tr><td><b>{words.symptoms}</b></td><td>{'; '.join(map(html.escape, facts.symptoms))}</td></tr>\n"
    for name, deeds in parts(facts, words):
        said = "<br>".join(f"{called(deed)}: <code>{html.escape(deed.command)}</code>" for deed in deeds)
        text += f"<tr><td><b>{name}</b></td><td>{said}</td></tr>\n"
    return text + "</table>\n\n"


WHOLES: dict[str, Callable[[Facts, Words], str]] = {
    one.__name__: one for one in (quoted, outline, counted_outline, in_items, one_block, rows, raw_rows)
}
"""Layouts that are not made of a label and a body for each part."""

TITLES: dict[str, Callable[[Facts, int], tuple[str, str]]] = {
    "plain": lambda facts, n: (f"### {facts.title}", facts.title),
    "incident": lambda facts, n: (f"### Incident: {facts.title}", facts.title),
    "playbook": lambda facts, n: (f"### Playbook: {facts.title}", facts.title),
    "playbook, counted": lambda facts, n: (f"### Playbook {n}: {facts.title}", facts.title),
    "failure mode": lambda facts, n: (f"### Failure mode {n}: {facts.title}", facts.title),
    "key": lambda facts, n: (f"### INC-{n:03}: {facts.title}", facts.title),
    "key, dash": lambda facts, n: (f"### RB-{n:02} — {facts.title}", facts.title),
    "scenario": lambda facts, n: (f"### Scenario {n} – {facts.title}", facts.title),
    "counted": lambda facts, n: (f"### {n}. {facts.title}", facts.title),
    "counted twice": lambda facts, n: (f"### 4.{n} {facts.title}", facts.title),
    "letter": lambda facts, n: (f"### {'ABC'[n - 1]}. {facts.title}", facts.title),
    "alert": lambda facts, n: (f"### {facts.alert}", facts.alert),
    "alert in code": lambda facts, n: (f"### `{facts.alert}`", facts.alert),
    "alert, named so": lambda facts, n: (f"### Alert: {facts.alert}", facts.alert),
    "alert, graded": lambda facts, n: (f"### {facts.alert} (critical)", facts.alert),
    "runbook": lambda facts, n: (f"### Runbook: {facts.title}", facts.title),
    "graded": lambda facts, n: (f"### [SEV-2] {facts.title}", facts.title),
    "graded, colon": lambda facts, n: (f"### P1: {facts.title}", facts.title),
    "graded behind": lambda facts, n: (f"### {facts.title} (P1)", facts.title),
    "dashed": lambda facts, n: (f"### Runbook — {facts.title}", facts.title),
    "problem": lambda facts, n: (f"### Problem: {facts.title}", facts.title),
    "issue": lambda facts, n: (f"### Issue #{n}: {facts.title}", facts.title),
    "symptom": lambda facts, n: (f"### Symptom: {facts.title}", facts.title),
    "picture": lambda facts, n: (f"### 🔥 {facts.title}", facts.title),
    "bold heading": lambda facts, n: (f"### **{facts.title}**", facts.title),
    "quotes": lambda facts, n: (f'### "{facts.title}"', f'"{facts.title}"'),
    "anchor": lambda facts, n: (f"### {facts.title} {{#inc-{n}}}", facts.title),
    "raw": lambda facts, n: (f"<h3>{facts.title}</h3>", facts.title),
    "raw anchor": lambda facts, n: (f'<a name="inc-{n}"></a>\n\n### {facts.title}', facts.title),
    "closed": lambda facts, n: (f"### {facts.title} ###", facts.title),
    "link": lambda facts, n: (f"### [{facts.title}](#inc-{n})", facts.title),
    "if": lambda facts, n: (f"### If {lower(facts.title)}", f"If {lower(facts.title)}"),
    "how to": lambda facts, n: (f"### What to do when {lower(facts.title)}", f"What to do when {lower(facts.title)}"),
}
"""How a heading names an incident, and the title that it has then."""

CHAPTERS = (
    "Common incidents",
    "Runbooks",
    "Playbooks",
    "Known issues",
    "Troubleshooting",
    "Failure modes",
    "Incident playbooks",
    "Procedures",
    "What can go wrong",
    "Alerts",
)

AROUND = """## Incident response

### Detection

1. Look at the dashboard
2. Acknowledge the page

### Triage

1. Say how bad it is
2. `kubectl get nodes`

### Containment

- Stop what spreads

### Post-mortem

- Write it within two days

## Message templates

### First message

```
We are looking into [problem]. Next word at [time].
```

## Contacts

| Name | Phone |
|---|---|
| Duty lead | +1-555-0100 |
"""
"""What else a handbook has, of which nothing is a procedure."""

Write = Callable[[Facts], str]
"""Writes one incident below its heading."""
WriteAll = Callable[[list[Facts], Write], Written]
"""Writes a document of incidents, each below its heading."""

_CHAPTER = "## Common incidents\n\n"


def document(facts: Iterable[Facts], write: Write, title: str = "incident", chapter: str = CHAPTERS[0]) -> Written:
    """A handbook with these incidents, and the titles that they have."""
    text, titles = f"# Shop handbook\n\n## {chapter}\n\n", []
    for n, one in enumerate(facts, 1):
        heading, said = TITLES[title](one, n)
        titles.append(said)
        text += f"{heading}\n\n{write(one)}"
    return text + AROUND, titles


def raised(text: str, levels: int) -> str:
    """The text with its headings some levels higher, or lower where that is less than none."""
    return "".join(
        "#" * (len(line) - len(line.lstrip("#")) - levels) + line.lstrip("#") if line.startswith("###") else line
        for line in text.splitlines(keepends=True)
    )


def chapters_of(
    form: str, levels: int = 0, above: str = "## Common incidents\n\n"
) -> Callable[[list[Facts], Write], Written]:
    """A handbook with each incident in this form: "### {title}" and what is below it."""

    def write_all(facts: list[Facts], write: Write) -> Written:
        inside = (form.format(title=one.title, alert=one.alert, steps=raised(write(one), levels)) for one in facts)
        titles = [one.alert if "{alert}" in form else one.title for one in facts]
        return f"# Shop handbook\n\n{above}{''.join(inside)}{AROUND}", titles

    return write_all


def alone(form: str) -> WriteAll:
    """A document that is one incident."""

    def write_one(facts: list[Facts], write: Write) -> Written:
        text = form.format(title=facts[0].title, alert=facts[0].alert) + raised(write(facts[0]), 2)
        return text, [facts[0].alert if "{alert}" in form else facts[0].title]

    return write_one


_META = "**Severity:** SEV-2  \n**Owner:** Shop team  \n**Dashboard:** https://grafana.example/d/shop"
_OWNER = "| Severity | Owner |\n|---|---|\n| SEV-2 | Shop |"
_OTHERS = "**Escalation:** call the shop lead after 30 minutes\n\n**Prevention:** keep two tills"

DOCUMENTS: dict[str, WriteAll] = {
    "chapters": chapters_of("## Incident: {title}\n\n{steps}", 1, ""),
    "chapters without a word for it": chapters_of("## {title}\n\n{steps}", 1, ""),
    "chapters of alerts": chapters_of("## {alert}\n\n{steps}", 1, ""),
    "one level deeper": chapters_of("#### {title}\n\n{steps}", -1, "## Operations\n\n### Known problems\n\n"),
    "underlined": chapters_of("### {title}\n\n{steps}", above="Common incidents\n----------------\n\n"),
    "with rules between": chapters_of("### {title}\n\n{steps}---\n\n"),
    "with an introduction": chapters_of("### {title}\n\nThis comes after a release. Severity: SEV-2.\n\n{steps}"),
    "with its owner": chapters_of("### {title}\n\n" + _META + "\n\n{steps}"),
    "with a table of its owner": chapters_of("### {title}\n\n" + _OWNER + "\n\n{steps}"),
    "with other parts": chapters_of("### {title}\n\n**Impact:** nobody can pay\n\n{steps}" + _OTHERS + "\n\n"),
    "with contents": chapters_of(
        "### {title}\n\n{steps}",
        above="- [Common incidents](#common-incidents)\n- [Contacts](#contacts)\n\n" + _CHAPTER,
    ),
    "folded": chapters_of("<details>\n<summary>{title}</summary>\n\n{steps}</details>\n\n"),
    "folded in bold": chapters_of("<details>\n<summary><strong>{title}</strong></summary>\n\n{steps}</details>\n\n"),
    "alone": alone("# {title}\n\n"),
    "alone, a runbook": alone("# Runbook: {title}\n\n"),
    "alone, an alert": alone("# {alert}\n\n"),
    "alone, with a front": alone("---\ntitle: {title}\nowner: shop\n---\n\n# {title}\n\n"),
}
"""How a document holds incidents."""

IN_BOLD = ("**Issue: {title}**\n\n{steps}", "**{title}**\n\n{steps}")
"""Titles in bold above parts that are no headings."""

COLUMNS = (
    ("Symptom", "Check", "Fix"),
    ("Problem", "Diagnosis", "Resolution"),
    ("Alert", "Checks", "Action"),
    ("Incident", "Diagnosis", "Mitigation"),
    ("Issue", "How to check", "How to fix"),
    ("What you see", "What to look at", "What to do"),
    ("Failure", "Investigation", "Recovery"),
    ("Error", "Check", "Solution"),
)


def incident_table(
    facts: list[Facts], head: tuple[str, str, str], name: Callable[[Facts], str], *, raw: bool = False
) -> Written:
    """A table with a row for each incident: its name, its checks, its fixes."""

    def cell(deeds: tuple[Deed, ...]) -> str:
        codes = (f"<code>{html.escape(d.command)}</code>" if raw else f"`{d.command}`" for d in deeds)
        return "<br>".join(f"{called(deed)}: {code}" for deed, code in zip(deeds, codes, strict=True))

    rows_of = [(name(one), cell(one.checks), cell(one.fixes)) for one in facts]
    if raw:
        lines = [
            "".join(f"<th>{one}</th>" for one in head),
            *("".join(f"<td>{c}</td>" for c in row) for row in rows_of),
        ]
        text = "<table>\n" + "".join(f"<tr>{line}</tr>\n" for line in lines) + "</table>\n\n"
    else:
        text = "".join(f"| {' | '.join(row)} |\n" for row in (head, ("---",) * 3, *rows_of)) + "\n"
    return f"# Shop handbook\n\n## Common incidents\n\n{text}{AROUND}", [name(one) for one in facts]


def incident_items(facts: list[Facts], words: Words, mark: str) -> Written:
    """A list with an item for each incident, and its parts inside."""
    text, indent = "", " " * (len(mark) + 1)
    for one in facts:
        text += f"{mark} **{one.title}**\n{indent}- {words.symptoms}: {'; '.join(one.symptoms)}\n"
        for name, deeds in parts(one, words):
            text += f"{indent}- {name}:\n" + "".join(f"{indent}  - {called(d)}: `{d.command}`\n" for d in deeds)
    return f"# Shop handbook\n\n## Common incidents\n\n{text}\n{AROUND}", [one.title for one in facts]
