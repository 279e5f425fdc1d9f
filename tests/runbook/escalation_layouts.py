"""The layouts of one escalation: each writes the same people and times in another form of Markdown."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable

from tests.runbook.escalation_words import Tongue

Call = tuple[str, int]
"""Who is called, and how many minutes after the start."""
Layout = Callable[[Tongue, list[Call]], str]


def lines(said: Iterable[str], mark: str = "- ") -> str:
    """One line for each."""
    return "\n".join(f"{mark}{one}" for one in said)


def counted(said: Iterable[str]) -> str:
    """A numbered list."""
    return "\n".join(f"{n}. {one}" for n, one in enumerate(said, 1))


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table with pipes."""
    heads = list(heads)
    return "\n".join(
        f"| {' | '.join(cells)} |" for cells in (heads, ["---"] * len(heads), *(list(cells) for cells in rows))
    )


def fence(text: str, language: str = "") -> str:
    """A block of code."""
    return f"```{language}\n{text}\n```"


def _own(tongue: Tongue, calls: list[Call], form: str) -> list[str]:
    """One line for each call, in a form with ``{who}``, ``{when}``, ``{silent}``, ``{level}`` and ``{n}``."""
    return [
        form.format(
            who=who,
            when=tongue.when(after),
            When=tongue.when(after).capitalize(),
            silent=tongue.unanswered(after),
            Silent=tongue.unanswered(after).capitalize(),
            level=tongue.level.format(n=n),
            n=after,
        )
        for n, (who, after) in enumerate(calls, 1)
    ]


def _html_table(tongue: Tongue, calls: list[Call]) -> str:
    rows = "\n".join(f"<tr><td>{who}</td><td>{tongue.when(after)}</td></tr>" for who, after in calls)
    return f"<table>\n<tr><th>{tongue.head_who}</th><th>{tongue.head_when}</th></tr>\n{rows}\n</table>"


def _tree(tongue: Tongue, calls: list[Call]) -> str:
    said = _own(tongue, calls, "{who} ({when})")
    return fence("\n".join([said[0], *(f"{'    ' * n}└── {one}" for n, one in enumerate(said[1:]))]))


def _mermaid(tongue: Tongue, calls: list[Call]) -> str:
    (first, _), *later = calls
    nodes = [f"    N1[{first}]"]
    nodes += [f"    N{n} -->|{tongue.unanswered(after)}| N{n + 1}[{who}]" for n, (who, after) in enumerate(later, 1)]
    return fence("flowchart TD\n" + "\n".join(nodes), "mermaid")


def _yaml(tongue: Tongue, calls: list[Call]) -> str:
    levels = "\n".join(
        f"  - level: {n}\n    notify: {who}\n    after: {after}m" for n, (who, after) in enumerate(calls, 1)
    )
    return fence(f"escalation_policy:\n{levels}", "yaml")


def _arrows(calls: list[Call], tongue: Tongue) -> str:
    return " → ".join(who if not after else f"{who} ({tongue.span(after)})" for who, after in calls)


def _ranked(tongue: Tongue, calls: list[Call]) -> list[tuple[str, str, str]]:
    """(rank, name, time) of each call; the last one is the last resort."""
    ranks = [*tongue.ranks[: len(calls) - 1], tongue.ranks[-1]]
    return [(rank, who, tongue.when(after)) for rank, (who, after) in zip(ranks, calls, strict=True)]


def _answers(tongue: Tongue, calls: list[Call], form: str) -> list[str]:
    """Each call as the answers to who and when, in a form with ``{who}``, ``{name}``, ``{when}`` and ``{time}``."""
    who, when = tongue.asks
    return [form.format(who=who, name=name, when=when, time=tongue.when(after)) for name, after in calls]


def _handed(tongue: Tongue, calls: list[Call]) -> list[tuple[str, str, str]]:
    """(giver, taker, time) of each step from one to the next."""
    return [(giver, taker, tongue.when(after)) for (giver, _), (taker, after) in itertools.pairwise(calls)]


def _further(tongue: Tongue, calls: list[Call]) -> list[tuple[str, str]]:
    """(name, time) of each call, the times counted from the call before."""
    later = [(who, tongue.further.format(t=tongue.span(m - n))) for (_, n), (who, m) in itertools.pairwise(calls[1:])]
    return [(calls[0][0], tongue.at_once), (calls[1][0], tongue.when(calls[1][1])), *later]


def _clock(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02}"


LAYOUTS: dict[str, Layout] = {
    "numbered, time in brackets": lambda t, c: counted(_own(t, c, "{who} ({when})")),
    "numbered, time behind a dash": lambda t, c: counted(_own(t, c, "{who} – {when}")),
    "numbered, time before": lambda t, c: counted(_own(t, c, "{When}: {who}")),
    "numbered, bold name": lambda t, c: counted(_own(t, c, "**{who}** – {when}")),
    "numbered, silence in brackets": lambda t, c: counted(_own(t, c, "{who} ({silent})")),
    "numbered, silence before": lambda t, c: counted(_own(t, c, "{Silent}: {who}")),
    "bullets, time before": lambda t, c: lines(_own(t, c, "{When}: {who}")),
    "bullets, bold time before": lambda t, c: lines(_own(t, c, "**{When}:** {who}")),
    "bullets, silence before an arrow": lambda t, c: lines(_own(t, c, "{Silent} → {who}")),
    "bullets of levels": lambda t, c: lines(_own(t, c, "{level}: {who} ({when})")),
    "bullets of bold levels": lambda t, c: lines(_own(t, c, "**{level}** – {who}, {when}")),
    "starred levels, silence": lambda t, c: lines(_own(t, c, "{level}: {who} – {silent}"), "* "),
    "nested bullets": lambda t, c: lines(_own(t, c, "{level}: {who}\n  - {when}")),
    "checkboxes": lambda t, c: lines(_own(t, c, "{When}: {who}"), "- [ ] "),
    "emoji and bold": lambda t, c: lines(_own(t, c, "⏱️ **{When}** → 📞 **{who}**")),
    "T+ bullets": lambda t, c: lines(_own(t, c, "T+{n}: {who}")),
    "T+ in code": lambda t, c: fence("\n".join(_own(t, c, "T+{n}  {who}"))),
    "T+ table": lambda t, c: table(("T+", t.head_who), [(f"T+{n}", who) for who, n in c]),
    "table who when": lambda t, c: table((t.head_who, t.head_when), [(who, t.when(n)) for who, n in c]),
    "table when who": lambda t, c: table((t.head_when, t.head_who), [(t.when(n), who) for who, n in c]),
    "table level who when": lambda t, c: table(
        (t.head_level, t.head_who, t.head_when), [(str(n), who, t.when(m)) for n, (who, m) in enumerate(c, 1)]
    ),
    "table level when who": lambda t, c: table(
        (t.head_level, t.head_when, t.head_who), [(f"L{n}", t.when(m), who) for n, (who, m) in enumerate(c, 1)]
    ),
    "table of minutes, who": lambda t, c: table((t.head_minutes, t.head_who), [(str(n), who) for who, n in c]),
    "table who, minutes": lambda t, c: table((t.head_who, t.head_minutes), [(who, str(n)) for who, n in c]),
    "table of silence": lambda t, c: table((t.head_who, t.head_when), [(who, t.unanswered(n)) for who, n in c]),
    "table of bold names": lambda t, c: table(
        (t.head_level, t.head_who, t.head_when),
        [(f"**{t.level.format(n=n)}**", f"**{who}**", t.when(m)) for n, (who, m) in enumerate(c, 1)],
    ),
    "arrows on a line": lambda t, c: _arrows(c, t),
    "arrows on a line in code": lambda t, c: fence(_arrows(c, t)),
    "arrows with times on them": lambda t, c: c[0][0] + "".join(f" → ({t.span(n)}) → {who}" for who, n in c[1:]),
    "arrow per line": lambda t, c: "\n".join(
        [c[0][0], *(f"→ {who} ({t.when(n)})" for who, n in c[1:])],
    ),
    "arrow per line in code": lambda t, c: fence("\n".join([c[0][0], *(f"→ {t.when(n)}: {who}" for who, n in c[1:])])),
    "arrows down in code": lambda t, c: fence(
        "\n".join([c[0][0], *(f"   ↓ {t.unanswered(n)}\n{who}" for who, n in c[1:])])
    ),
    "tree in code": _tree,
    "yaml": _yaml,
    "heading per level": lambda t, c: "\n\n".join(_own(t, c, "### {level}: {who}\n\n{When}.")),
    "heading per level with bullets": lambda t, c: "\n\n".join(
        f"### {t.level.format(n=n)}\n\n- {t.head_who}: {who}\n- {t.head_when}: {t.when(m)}"
        for n, (who, m) in enumerate(c, 1)
    ),
    "bold paragraphs": lambda t, c: "\n\n".join(_own(t, c, "**{level}: {who}** – {when}")),
    "bold time paragraphs": lambda t, c: "\n\n".join(_own(t, c, "**{When}:** {who}")),
    "lines of one paragraph": lambda t, c: "  \n".join(_own(t, c, "{level}: {who}, {when}")),
    "quoted list": lambda t, c: "\n".join(f"> {n}. {one}" for n, one in enumerate(_own(t, c, "{who} ({when})"), 1)),
    "html table": _html_table,
    "html list": lambda t, c: (
        "<ol>\n" + "\n".join(f"<li>{one}</li>" for one in _own(t, c, "{who} ({when})")) + "\n</ol>"
    ),
    "mermaid": _mermaid,
    "definition bullets": lambda t, c: lines(_own(t, c, "**{who}**: {when}")),
    "steps": lambda t, c: counted(_own(t, c, "**{When}** → {who}")),
    "counted with brackets": lambda t, c: "\n".join(
        f"{n}) {one}" for n, one in enumerate(_own(t, c, "{who} — {when}"), 1)
    ),
    "tiers in a table": lambda t, c: table(
        (t.head_level, t.head_who, t.head_when), [(f"Tier {n}", who, t.when(m)) for n, (who, m) in enumerate(c, 1)]
    ),
    "times as columns": lambda t, c: table(
        ["", *(t.when(n) for _who, n in c)], [[t.head_who, *(who for who, _n in c)]]
    ),
    "people as columns": lambda t, c: table(
        [t.head_who, *(who for who, _n in c)], [[t.head_when, *(t.when(n) for _who, n in c)]]
    ),
    "levels as columns": lambda t, c: table(
        ["", *(t.level.format(n=n) for n in range(1, len(c) + 1))],
        [[t.head_who, *(who for who, _n in c)], [t.head_when, *(t.when(n) for _who, n in c)]],
    ),
    "table of code and signs": lambda t, c: table(
        (f"⏱️ {t.head_when}", f"📞 {t.head_who}"), [(f"`{t.when(n)}`", f"👤 **{who}**") for who, n in c]
    ),
    "bullets of bare names": lambda t, c: lines(f"{who} ({t.span(n)})" if n else who for who, n in c),
    "numbered bare names": lambda t, c: counted(f"{who} ({t.span(n)})" if n else who for who, n in c),
    "numbered, short units": lambda t, c: counted(f"{who} ({n}m)" if n else who for who, n in c),
    "numbered, plus minutes": lambda t, c: counted(f"+{n} min: {who}" for who, n in c),
    "T+ with unit": lambda t, c: lines(f"**T+{n}m** – {who}" for who, n in c),
    "T+ paragraphs": lambda t, c: "\n\n".join(f"**T+{n} min** – {who}" for who, n in c),
    "arrow per bullet": lambda t, c: lines([c[0][0], *(f"→ {who} ({t.unanswered(n)})" for who, n in c[1:])]),
    "arrows between times": lambda t, c: c[0][0] + "".join(f" ➜ {t.unanswered(n)} ➜ {who}" for who, n in c[1:]),
    "heading per time": lambda t, c: "\n\n".join(_own(t, c, "### {When}\n\n- {who}")),
    "bold level above its list": lambda t, c: "\n\n".join(_own(t, c, "**{level}**\n\n- {who}\n- {when}")),
    "html levels": lambda t, c: (
        "<ul>\n" + "\n".join(f"<li><b>{one}</b></li>" for one in _own(t, c, "{level}: {who} – {when}")) + "\n</ul>"
    ),
    "html table of levels": lambda t, c: (
        f"<table><thead><tr><th>{t.head_level}</th><th>{t.head_who}</th><th>{t.head_when}</th></tr></thead><tbody>"
        + "".join(f"<tr><td>{n}</td><td>{who}</td><td>{t.when(m)}</td></tr>" for n, (who, m) in enumerate(c, 1))
        + "</tbody></table>"
    ),
    "details": lambda t, c: (
        f"<details>\n<summary>{t.title}</summary>\n\n{counted(_own(t, c, '{who} ({when})'))}\n\n</details>"
    ),
    "mermaid with an alert": lambda t, c: fence(
        "graph LR\n    A((Alert)) --> N1\n"
        + "\n".join(f"    N{n}[{who}]" for n, (who, _m) in enumerate(c, 1))
        + "".join(f"\n    N{n} -- {t.unanswered(m)} --> N{n + 1}" for n, (_who, m) in enumerate(c[1:], 1)),
        "mermaid",
    ),
    "yaml mapping": lambda t, c: fence(
        "\n".join(f"level_{n}:\n  who: {who}\n  after_minutes: {m}" for n, (who, m) in enumerate(c, 1)), "yaml"
    ),
    "tree with times before": lambda t, c: fence(
        c[0][0] + "\n" + "\n".join(f"{'│  ' * n}└─ {t.unanswered(m)} → {who}" for n, (who, m) in enumerate(c[1:]))
    ),
    "boxes in code": lambda t, c: fence("\n      |\n      v\n".join(_own(t, c, "[ {who} ({when}) ]"))),
    "arrows and bare times": lambda t, c: c[0][0] + "".join(f" → {t.span(n)} → {who}" for who, n in c[1:]),
    "arrows and bare times in code": lambda t, c: fence(c[0][0] + "".join(f" -> {t.span(n)} -> {w}" for w, n in c[1:])),
    "times on arrows in code": lambda t, c: fence(c[0][0] + "".join(f" --{n}m--> {who}" for who, n in c[1:])),
    "levels in one line": lambda t, c: " · ".join(_own(t, c, "{level} ({when}): {who}")),
    "names with their times in one line": lambda t, c: ", ".join(f"{who} ({t.when(n)})" for who, n in c),
    "plain names and times": lambda t, c: lines(_own(t, c, "{who}: {when}")),
    "bullets of ranks": lambda t, c: lines(f"**{rank}:** {who} ({when})" for rank, who, when in _ranked(t, c)),
    "plain ranks": lambda t, c: lines(f"{rank}: {who}, {when}" for rank, who, when in _ranked(t, c)),
    "headings of ranks": lambda t, c: "\n\n".join(f"### {rank}\n\n{who} ({when})" for rank, who, when in _ranked(t, c)),
    "table of ranks": lambda t, c: table(("", t.head_who, t.head_when), _ranked(t, c)),
    "answers in bullets": lambda t, c: lines(_answers(t, c, "**{who}** {name} – **{when}** {time}")),
    "numbered answers": lambda t, c: counted(_answers(t, c, "{who} {name}. {when} {time}.")),
    "answers in paragraphs": lambda t, c: "\n\n".join(_answers(t, c, "**{who}** {name}  \n**{when}** {time}")),
    "answers below each other": lambda t, c: counted(_answers(t, c, "\n   - {who} {name}\n   - {when} {time}")),
    "arrows from one to the next": lambda t, c: lines(
        f"{one} → {other} ({when})" for one, other, when in _handed(t, c)
    ),
    "table from one to the next": lambda t, c: table(t.hands, _handed(t, c)),
    "T+ clocks": lambda t, c: lines(f"T+{_clock(n)}: {who}" for who, n in c),
    "T+ clocks in a table": lambda t, c: table((t.head_when, t.head_who), [(f"T+{_clock(n)}", who) for who, n in c]),
    "H+ clocks": lambda t, c: lines(f"**H+{_clock(n)}:** {who}" for who, n in c),
    "clocks from zero": lambda t, c: lines(f"{_clock(n)} – {who}" for who, n in c),
    "clocks from zero in a table": lambda t, c: table((t.head_when, t.head_who), [(_clock(n), who) for who, n in c]),
    "t equals": lambda t, c: lines(f"t={n}m: {who}" if n else f"t=0: {who}" for who, n in c),
    "further times": lambda t, c: counted(f"{who} ({when})" for who, when in _further(t, c)),
    "otherwise": lambda t, c: "; ".join(
        [c[0][0], *(t.instead.format(who=who, when=t.when(n)) for who, n in c[1:])],
    ),
    "columns in code": lambda t, c: fence("\n".join(f"{t.when(n):<24}{who}" for who, n in c)),
}
"""Every layout of one escalation for all incidents, by what it looks like."""


def _times(ladders: dict[str, list[Call]]) -> list[int]:
    return sorted({after for calls in ladders.values() for _who, after in calls})


def _grid(tongue: Tongue, ladders: dict[str, list[Call]]) -> str:
    """A row for each severity and a column for each time."""
    times = _times(ladders)
    rows = [
        [name, *(next((who for who, after in calls if after == time), "–") for time in times)]
        for name, calls in ladders.items()
    ]
    return table([tongue.head_severity, *map(tongue.when, times)], rows)


def _turned_grid(tongue: Tongue, ladders: dict[str, list[Call]]) -> str:
    """A row for each time and a column for each severity."""
    rows = [
        [tongue.when(time), *(next((who for who, after in calls if after == time), "–") for calls in ladders.values())]
        for time in _times(ladders)
    ]
    return table([tongue.head_when, *ladders], rows)


def _people_grid(tongue: Tongue, ladders: dict[str, list[Call]]) -> str:
    """A row for each of the people and a column for each severity."""
    people = list(dict.fromkeys(who for calls in ladders.values() for who, _after in calls))
    rows = [
        [who, *(next((tongue.when(after) for one, after in calls if one == who), "–") for calls in ladders.values())]
        for who in people
    ]
    return table([tongue.head_who, *ladders], rows)


def _each(form: str, joined: str = "\n") -> Callable[[Tongue, dict[str, list[Call]]], str]:
    """One text for each severity: ``{name}`` with its ``{arrows}``, its ``{list}`` or its ``{told}``."""
    return lambda tongue, ladders: joined.join(
        form.format(
            name=name,
            arrows=_arrows(calls, tongue),
            list=counted(_own(tongue, calls, "{who} ({when})")),
            times=lines(_own(tongue, calls, "{When}: {who}")),
            nested=lines(_own(tongue, calls, "{When}: {who}"), "  - "),
            told=told(tongue, calls, 0),
        )
        for name, calls in ladders.items()
    )


GRIDS: dict[str, Callable[[Tongue, dict[str, list[Call]]], str]] = {
    "severities by times": _grid,
    "times by severities": _turned_grid,
    "people by severities": _people_grid,
    "bullets of arrows": _each("- **{name}**: {arrows}"),
    "lines of arrows in code": lambda t, s: fence(_each("{name}: {arrows}")(t, s)),
    "table of arrows": lambda t, s: table(
        (t.head_severity, t.title), [(name, _arrows(calls, t)) for name, calls in s.items()]
    ),
    "heading and list": _each("### {name}\n\n{list}", "\n\n"),
    "heading and times": _each("### {name}\n\n{times}", "\n\n"),
    "heading and arrows": _each("### {name}\n\n{arrows}", "\n\n"),
    "heading and prose": _each("### {name}\n\n{told}", "\n\n"),
    "bold line and list": _each("**{name}**\n\n{list}", "\n\n"),
    "label and list": _each("{name}:\n\n{list}", "\n\n"),
    "nested bullets": _each("- {name}\n{nested}"),
    "paragraph of labels": _each("{name}: {told}", " "),
    "paragraphs of labels": _each("**{name}:** {told}", "\n\n"),
    "bullets of prose": _each("- **{name}** – {told}"),
}
"""Every layout of an escalation that differs by severity."""

_ITEMS = {
    "time in brackets": "{who} ({when})",
    "time behind a dash": "{who} – {when}",
    "time before": "{When}: {who}",
    "time before an arrow": "{When} → {who}",
    "minutes before": "{n} min: {who}",
    "silence before": "{Silent}: {who}",
    "T+": "T+{n}: {who}",
    "bold time": "**{When}**: {who}",
}
_ABOVE = {"": "{name}", "a bracket": "{name} ({word})", "a colon": "{name}:", "a dash": "{name} – {word}"}


def _below(form: str, above: str) -> Callable[[Tongue, dict[str, list[Call]]], list[tuple[str, list[str]]]]:
    """Each severity as a line, with the lines that stand below it."""
    return lambda tongue, ladders: [
        (above.format(name=name, word=tongue.severity), _own(tongue, calls, form)) for name, calls in ladders.items()
    ]


def _nested(form: str, above: str) -> Callable[[Tongue, dict[str, list[Call]]], str]:
    made = _below(form, above)
    return lambda t, s: "\n".join(f"- {head}\n" + lines(said, "  - ") for head, said in made(t, s))


def _branches(form: str, above: str, signs: tuple[str, str, str], root: str) -> Callable[..., str]:
    """A tree: ``signs`` are a branch, the last one, and the trunk beside what hangs on a branch."""
    made, (branch, last, trunk) = _below(form, above), signs

    def draw(tongue: Tongue, ladders: dict[str, list[Call]]) -> str:
        drawn = [root] if root else []
        heads = made(tongue, ladders)
        for n, (head, said) in enumerate(heads, 1):
            drawn.append(f"{last if n == len(heads) else branch} {head}")
            beside = " " * len(trunk) if n == len(heads) else trunk
            drawn += [f"{beside} {last if m == len(said) else branch} {one}" for m, one in enumerate(said, 1)]
        return fence("\n".join(drawn).replace("**", ""))

    return draw


_SIGNS = {
    "lines": ("├──", "└──", "│  "),
    "short lines": ("├─", "└─", "│ "),
    "double lines": ("╠══", "╚══", "║  "),
    "bars": ("|--", "`--", "|  "),
    "plus signs": ("+--", "+--", "|  "),
}
LADDERS_BELOW = {
    **{
        f"nested, {item}, {mark or 'the code'}": _nested(form, above)
        for item, form in _ITEMS.items()
        for mark, above in _ABOVE.items()
    },
    **{
        f"tree, {item}, {mark or 'the code'}": _branches(form, above, _SIGNS["lines"], "Alert")
        for item, form in _ITEMS.items()
        for mark, above in _ABOVE.items()
    },
    **{
        f"tree of {sign}, {item}": _branches(_ITEMS[item], "{name}", signs, root)
        for item, root in (("time in brackets", ""), ("minutes before", "Incident"), ("T+", ""))
        for sign, signs in _SIGNS.items()
    },
}
"""A ladder below each severity, in lists and in trees of characters."""


def told(tongue: Tongue, calls: list[Call], telling: int) -> str:
    """The escalation as prose, in one of the ``tellings`` of a language."""
    first, later = tongue.tellings[telling]
    said, (before, begun) = [first.format(who=_small(calls[0][0]))], calls[0]
    for who, after in calls[1:]:
        times = {"t": tongue.span(after), "w": tongue.span(after - begun)}
        said.append(later.format(who=_small(who), before=_small(before), **times))
        before, begun = who, after
    return ("" if said[0].endswith("。") else " ").join(said)


def _small(who: str) -> str:
    """A role in the middle of a sentence; names, German nouns and abbreviations stay as they are."""
    kept = not who[1].islower() or all(word[0].isupper() for word in who.split())
    return who if kept else who[0].lower() + who[1:]
