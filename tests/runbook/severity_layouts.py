"""One scale of severities, rendered in the layouts that teams use."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.runbook.severity_words import Tongue


@dataclass(frozen=True)
class Fact:
    """What a team agreed on for one level; times are keys of ``TIMES``, None where nothing was agreed on."""

    code: str  # "P0"; "" where the level is called by its label alone
    label: str
    criteria: tuple[str, ...]
    response: str | None
    resolution: str | None
    updates: str | None
    mark: str = ""  # a colour before the name

    @property
    def name(self) -> str:
        """What the level is called."""
        return self.code or self.label


@dataclass(frozen=True)
class Rendering:
    """The facts in one language, for a layout to lay out."""

    facts: tuple[Fact, ...]
    words: Tongue
    shape: str = ""  # how a name and its label are joined, instead of as the layout does

    def head(self, fact: Fact, shape: str = "{code} - {label}") -> str:
        """The name of a level with its label and its mark."""
        shape = self.shape or shape
        if not fact.code or not fact.label:
            shape = fact.name
        said = shape.format(code=fact.code, label=fact.label, mark=fact.mark)
        return f"{fact.mark} {said}" if fact.mark and "{mark}" not in shape else said

    def criteria(self, fact: Fact) -> str:
        """The clauses of a level in one line."""
        return self.words.comma.join(fact.criteria)

    def times(self, fact: Fact) -> list[tuple[str, str]]:
        """(label, time) of what was agreed on."""
        w = self.words
        named = ((w.response, fact.response), (w.resolution, fact.resolution), (w.updates, fact.updates))
        return [(label, w.time(key)) for label, key in named if key is not None]

    def columns(self) -> list[tuple[str, list[str]]]:
        """(title, cells) of the criteria and of every time that any level has."""
        w = self.words
        found = [(w.criteria, [self.criteria(fact) for fact in self.facts])]
        for title, keys in (
            (w.response, [fact.response for fact in self.facts]),
            (w.resolution, [fact.resolution for fact in self.facts]),
            (w.updates, [fact.updates for fact in self.facts]),
        ):
            if any(keys):
                found.append((title, [w.time(key) if key else "-" for key in keys]))
        return found

    def labelled(self, fact: Fact) -> list[tuple[str, str]]:
        """(label, value) of everything that is known about a level."""
        return [(self.words.criteria, self.criteria(fact)), *self.times(fact)]


Layout = Callable[[Rendering], str]


def _table(columns: list[tuple[str, list[str]]]) -> str:
    rows = [[title for title, _cells in columns], ["---"] * len(columns)]
    rows += [list(row) for row in zip(*(cells for _title, cells in columns), strict=True)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows) + "\n"


def _levels(r: Rendering, shape: str = "{code} - {label}") -> tuple[str, list[str]]:
    return (r.words.level, [r.head(fact, shape) for fact in r.facts])


def table(r: Rendering) -> str:
    return _table([_levels(r), *r.columns()])


def table_with_brackets(r: Rendering) -> str:
    return _table([_levels(r, "**{code}** ({label})"), *r.columns()])


def table_level_last(r: Rendering) -> str:
    return _table([*r.columns(), _levels(r, "{code} ({label})")])


def table_criteria_last(r: Rendering) -> str:
    first, *others = r.columns()
    return _table([_levels(r, "{code}: {label}"), *others, first])


def table_with_breaks(r: Rendering) -> str:
    criteria = (r.words.criteria, ["<br>".join(f"• {one}" for one in fact.criteria) for fact in r.facts])
    return _table([_levels(r, "{code}<br>{label}"), criteria, *r.columns()[1:]])


def table_with_times_in_one_cell(r: Rendering) -> str:
    colon = r.words.colon
    cells = ["<br>".join(f"{label}{colon}{time}" for label, time in r.times(fact)) for fact in r.facts]
    return _table([_levels(r), r.columns()[0], ("SLA", cells)])


def table_transposed(r: Rendering) -> str:
    rows = [["", *(r.head(fact, "{code} ({label})") for fact in r.facts)], ["---"] * (len(r.facts) + 1)]
    rows += [[f"**{title}**", *cells] for title, cells in r.columns()]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows) + "\n"


def two_tables(r: Rendering) -> str:
    criteria, *times = r.columns()
    bare = (r.words.level, [fact.name for fact in r.facts])
    return f"{_table([_levels(r), criteria])}\n## {r.words.targets}\n\n{_table([bare, *times])}"


def bullets_and_table(r: Rendering) -> str:
    bare = (r.words.level, [fact.name for fact in r.facts])
    items = "\n".join(f"- **{r.head(fact)}**{r.words.colon}{r.criteria(fact)}" for fact in r.facts)
    return f"{items}\n\n## {r.words.targets}\n\n{_table([bare, *r.columns()[1:]])}"


def html_table(r: Rendering) -> str:
    columns = [_levels(r), *r.columns()]
    head = "".join(f"<th>{title}</th>" for title, _cells in columns)
    rows = zip(*(cells for _title, cells in columns), strict=True)
    body = "\n".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table>\n<thead>\n<tr>{head}</tr>\n</thead>\n<tbody>\n{body}\n</tbody>\n</table>\n"


def _ruled(columns: list[tuple[str, list[str]]], bar: str, line: Callable[[list[int]], str]) -> str:
    rows = [[title for title, _cells in columns]]
    rows += [list(row) for row in zip(*(cells for _title, cells in columns), strict=True)]
    widths = [max(len(row[n]) for row in rows) for n in range(len(columns))]
    drawn = [
        f"{bar} {f' {bar} '.join(cell.ljust(w) for cell, w in zip(row, widths, strict=True))} {bar}" for row in rows
    ]
    rule = line(widths)
    return "\n".join(["```", rule, drawn[0], rule, *drawn[1:], rule, "```", ""])


def ascii_table(r: Rendering) -> str:
    return _ruled([_levels(r), *r.columns()], "|", lambda ws: f"+{'+'.join('-' * (w + 2) for w in ws)}+")


def box_table(r: Rendering) -> str:
    return _ruled([_levels(r), *r.columns()], "│", lambda ws: f"├{'┼'.join('─' * (w + 2) for w in ws)}┤")


def spaced_table(r: Rendering) -> str:
    columns = [_levels(r, "{code} ({label})"), *r.columns()]
    rows = [[title for title, _cells in columns]]
    rows += [list(row) for row in zip(*(cells for _title, cells in columns), strict=True)]
    widths = [max(len(row[n]) for row in rows) + 2 for n in range(len(columns))]
    drawn = ["".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join(["```", *drawn, "```", ""])


def _headed(r: Rendering, shape: str, body: Callable[[Fact], Iterator[str]], mark: str = "### ") -> str:
    return "\n".join(f"{mark}{r.head(fact, shape)}\n\n" + "\n".join(body(fact)) + "\n" for fact in r.facts)


def headings_bold_bullets(r: Rendering) -> str:
    return _headed(r, "{code} - {label}", lambda f: (f"- **{k}**{r.words.colon}{v}" for k, v in r.labelled(f)))


def headings_bold_bullets_colon_inside(r: Rendering) -> str:
    colon = r.words.colon.rstrip()
    return _headed(r, "{code} ({label})", lambda f: (f"- **{k}{colon}** {v}" for k, v in r.labelled(f)))


def headings_plain_bullets(r: Rendering) -> str:
    return _headed(r, "{code}: {label}", lambda f: (f"* {k}{r.words.colon}{v}" for k, v in r.labelled(f)))


def headings_criteria_bullets(r: Rendering) -> str:
    def body(fact: Fact) -> Iterator[str]:
        yield from (f"- {one}" for one in fact.criteria)
        yield ""
        for k, v in r.times(fact):
            yield f"**{k}**{r.words.colon}{v}"
            yield ""

    return _headed(r, "{code} – {label}", body)


def headings_times_first(r: Rendering) -> str:
    def body(fact: Fact) -> Iterator[str]:
        yield from (f"- **{k}**{r.words.colon}{v}" for k, v in r.times(fact))
        yield f"- **{r.words.criteria}**{r.words.colon.rstrip()}"
        yield from (f"  - {one}" for one in fact.criteria)

    return _headed(r, "{label} ({code})", body)


def headings_lines(r: Rendering) -> str:
    return _headed(r, "{code} — {label}", lambda f: (f"**{k}**{r.words.colon}{v}" for k, v in r.labelled(f)))


def headings_hard_breaks(r: Rendering) -> str:
    return _headed(r, "{code} · {label}", lambda f: (f"**{k}**{r.words.colon}{v}  " for k, v in r.labelled(f)))


def headings_subheadings(r: Rendering) -> str:
    def body(fact: Fact) -> Iterator[str]:
        yield f"#### {r.words.criteria}"
        yield ""
        yield from (f"- {one}" for one in fact.criteria)
        for k, v in r.times(fact):
            yield f"\n#### {k}\n\n{v}"

    return _headed(r, "{code} - {label}", body)


def headings_small_table(r: Rendering) -> str:
    def body(fact: Fact) -> Iterator[str]:
        yield "| | |"
        yield "|---|---|"
        yield from (f"| {k} | {v} |" for k, v in r.labelled(fact))

    return _headed(r, "{code} - {label}", body)


def bold_lines_bullets(r: Rendering) -> str:
    def body(fact: Fact) -> str:
        items = "\n".join(f"- {k}{r.words.colon}{v}" for k, v in r.labelled(fact))
        return f"**{r.head(fact)}**\n\n{items}\n"

    return "\n".join(body(fact) for fact in r.facts)


def bold_lines_lines(r: Rendering) -> str:
    def body(fact: Fact) -> str:
        lines = "\n".join(f"{k}{r.words.colon}{v}" for k, v in r.labelled(fact))
        return f"**{r.head(fact, '{code} ({label})')}**\n{lines}\n"

    return "\n".join(body(fact) for fact in r.facts)


def bold_paragraphs(r: Rendering) -> str:
    def body(fact: Fact) -> str:
        items = "\n".join(f"- {k}{r.words.colon}{v}" for k, v in r.times(fact))
        return f"**{r.head(fact)}**{r.words.colon}{r.criteria(fact)}\n\n{items}\n"

    return "\n".join(body(fact) for fact in r.facts)


def nested_bullets(r: Rendering) -> str:
    def body(fact: Fact) -> str:
        items = "\n".join(f"  - {k}{r.words.colon}{v}" for k, v in r.labelled(fact))
        return f"- **{r.head(fact, '{code} ({label})')}**\n{items}\n"

    return "".join(body(fact) for fact in r.facts)


def nested_bullets_criteria_beside(r: Rendering) -> str:
    def body(fact: Fact) -> str:
        items = "\n".join(f"  - **{k}**{r.words.colon}{v}" for k, v in r.times(fact))
        return f"- **{r.head(fact)}**{r.words.colon}{r.criteria(fact)}\n{items}\n"

    return "".join(body(fact) for fact in r.facts)


def plain_bullets(r: Rendering) -> str:
    def body(fact: Fact) -> str:
        items = "\n".join(f"  - {k}{r.words.colon}{v}" for k, v in r.times(fact))
        return f"- {r.head(fact)}{r.words.colon}{r.criteria(fact)}\n{items}\n"

    return "".join(body(fact) for fact in r.facts)


def numbered_bullets(r: Rendering) -> str:
    def body(n: int, fact: Fact) -> str:
        items = "\n".join(f"   - {k}{r.words.colon}{v}" for k, v in r.labelled(fact))
        return f"{n}. **{r.head(fact)}**\n{items}\n"

    return "".join(body(n, fact) for n, fact in enumerate(r.facts, 1))


def three_lists(r: Rendering) -> str:
    w = r.words
    parts = ["\n".join(f"- **{r.head(fact)}**{w.colon}{r.criteria(fact)}" for fact in r.facts)]
    for title, keys in (
        (w.response, [fact.response for fact in r.facts]),
        (w.resolution, [fact.resolution for fact in r.facts]),
        (w.updates, [fact.updates for fact in r.facts]),
    ):
        items = [f"- {f.name}{w.colon}{w.time(key)}" for f, key in zip(r.facts, keys, strict=True) if key]
        if items:
            parts.append(f"### {title}\n\n" + "\n".join(items))
    return "\n\n".join(parts) + "\n"


def definition_list(r: Rendering) -> str:
    def body(fact: Fact) -> str:
        lines = "\n".join(f": {k}{r.words.colon}{v}" for k, v in r.labelled(fact))
        return f"{r.head(fact)}\n{lines}\n"

    return "\n".join(body(fact) for fact in r.facts)


def html_definitions(r: Rendering) -> str:
    def body(fact: Fact) -> str:
        lines = "\n".join(f"<dd>{k}{r.words.colon}{v}</dd>" for k, v in r.labelled(fact))
        return f"<dt>{r.head(fact)}</dt>\n{lines}"

    return "<dl>\n" + "\n".join(body(fact) for fact in r.facts) + "\n</dl>\n"


def folded(r: Rendering) -> str:
    def body(fact: Fact) -> str:
        items = "\n".join(f"- **{k}**{r.words.colon}{v}" for k, v in r.labelled(fact))
        return f"<details>\n<summary>{r.head(fact)}</summary>\n\n{items}\n\n</details>\n"

    return "\n".join(body(fact) for fact in r.facts)


def yaml_mapping(r: Rendering) -> str:
    def body(fact: Fact) -> Iterator[str]:
        yield f"  {fact.name}:"
        if fact.code and fact.label:
            yield f"    name: {fact.label}"
        for k, v in r.labelled(fact):
            yield f'    {k.lower().replace(" ", "_")}: "{v}"'

    lines = [line for fact in r.facts for line in body(fact)]
    return "\n".join(["```yaml", "severity_levels:", *lines, "```", ""])


def json_objects(r: Rendering) -> str:
    def body(fact: Fact) -> dict[str, str]:
        named = {"name": fact.name} | ({"label": fact.label} if fact.code and fact.label else {})
        return named | {k.lower().replace(" ", "_"): v for k, v in r.labelled(fact)}

    said = json.dumps({"severities": [body(fact) for fact in r.facts]}, ensure_ascii=False, indent=2)
    return f"```json\n{said}\n```\n"


def json_keys(r: Rendering) -> str:
    def body(fact: Fact) -> dict[str, str]:
        named = {"label": fact.label} if fact.code and fact.label else {}
        return named | {k.lower().replace(" ", "_"): v for k, v in r.labelled(fact)}

    said = json.dumps({fact.name: body(fact) for fact in r.facts}, ensure_ascii=False)
    return f"```json\n{said}\n```\n"


def arrows(r: Rendering) -> str:
    """Only for scales whose levels have codes."""

    def body(fact: Fact) -> str:
        said = [r.criteria(fact), *(f"{label} {time}" for label, time in r.times(fact))]
        return f"- {r.head(fact, '{code} ({label})')} → {' → '.join(said)}"

    return "\n".join(body(fact) for fact in r.facts) + "\n"


def fenced_lines(r: Rendering) -> str:
    def body(fact: Fact) -> str:
        lines = "\n".join(f"  {k}{r.words.colon}{v}" for k, v in r.labelled(fact))
        return f"{r.head(fact, '{code} ({label})')}{r.words.colon.rstrip()}\n{lines}\n"

    return "```\n" + "\n".join(body(fact) for fact in r.facts) + "```\n"


def prose(r: Rendering) -> str:
    """Only for scales whose every level has a response and a resolution."""

    def body(fact: Fact) -> str:
        w = r.words
        assert fact.response is not None
        assert fact.resolution is not None
        promise = w.promise.format(response=w.time(fact.response), resolution=w.time(fact.resolution))
        stop = "。" if w.comma == "、" else ". "
        return f"**{r.head(fact, '{code} ({label})')}**{w.colon}{r.criteria(fact)}{stop}{promise}\n"

    return "\n".join(body(fact) for fact in r.facts)


TABLES: dict[str, Layout] = {
    "a table": table,
    "a table with labels in brackets": table_with_brackets,
    "a table with the level last": table_level_last,
    "a table with the criteria last": table_criteria_last,
    "a table with breaks in its cells": table_with_breaks,
    "a table with all times in one cell": table_with_times_in_one_cell,
    "a table of levels as columns": table_transposed,
    "a table for the criteria, one for the times": two_tables,
    "bullets for the criteria, a table for the times": bullets_and_table,
    "a table in HTML": html_table,
    "a table drawn with plus signs": ascii_table,
    "a table drawn with box signs": box_table,
    "a table set with blanks": spaced_table,
}
HEADINGS: dict[str, Layout] = {
    "headings, bullets with bold labels": headings_bold_bullets,
    "headings, bullets with the colon in bold": headings_bold_bullets_colon_inside,
    "headings, bullets with plain labels": headings_plain_bullets,
    "headings, bullets of criteria, bold times": headings_criteria_bullets,
    "headings, times first, criteria nested": headings_times_first,
    "headings, lines with bold labels": headings_lines,
    "headings, lines with hard breaks": headings_hard_breaks,
    "headings with headings below": headings_subheadings,
    "headings, a small table below": headings_small_table,
}
LISTS: dict[str, Layout] = {
    "bold lines, bullets": bold_lines_bullets,
    "bold lines, plain lines": bold_lines_lines,
    "bold paragraphs": bold_paragraphs,
    "nested bullets": nested_bullets,
    "nested bullets, the criteria beside the name": nested_bullets_criteria_beside,
    "plain bullets, the criteria beside the name": plain_bullets,
    "numbered items": numbered_bullets,
    "a list for each fact": three_lists,
    "a definition list": definition_list,
    "definitions in HTML": html_definitions,
    "folded parts": folded,
    "lines in a fence": fenced_lines,
    "YAML": yaml_mapping,
    "JSON": json_objects,
    "JSON, the levels as keys": json_keys,
}
