"""Where a foreign payload says something: paths, templates of them, and the RE2 patterns that take a part out.

    monitor.name                 a key, and one below it
    checks[0]."k8s.io/pod"       the first of a list; a key with dots stands in quotes
    $.org                        from the top of the body, where each alert of a list is read by itself
    {host}: {check.name}         a text with paths in it: says nothing unless all of them do

The team writes them in `tocsin.toml`. A pattern cannot take long whatever it is given (RE2), so that a sender who
knows it cannot stop anybody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import re2

from tocsin.alerts.payload import Json, as_text

_STEP = re.compile(r'"((?:[^"\\]|\\.)+)"|\[(\d{1,5})\]|([^."\[\]{}\s](?:[^."\[\]{}]*[^."\[\]{}\s])?)')
_ROOT = "$"
_SHOWN, _SHOWN_LENGTH = 8, 40


class Nowhere:
    """What a path finds where the body has nothing; null is something else."""


NOWHERE = Nowhere()


@dataclass(frozen=True, slots=True)
class Path:
    """Where something stands in a body: keys and numbers of list entries. ``from_top``: not from the alert."""

    text: str
    steps: tuple[str | int, ...]
    from_top: bool = False

    def find(self, alert: Json, top: Json) -> Json | Nowhere:
        """What stands there, NOWHERE when nothing does."""
        value = top if self.from_top else alert
        for step in self.steps:
            match value:
                case dict() if isinstance(step, str) and step in value:
                    value = value[step]
                case list() if isinstance(step, int) and step < len(value):
                    value = value[step]
                case _:
                    return NOWHERE
        return value


@dataclass(frozen=True, slots=True)
class Template:
    """Texts and paths in turn; a single path is a template too."""

    parts: tuple[Path | str, ...]

    def say(self, alert: Json, top: Json) -> str:
        """The text; empty unless every one of its paths finds something."""
        said = [part if isinstance(part, str) else _words(part.find(alert, top)) for part in self.parts]
        return "".join(said) if all(said) else ""

    @property
    def paths(self) -> Iterator[Path]:
        """Its paths."""
        return (part for part in self.parts if isinstance(part, Path))


@dataclass(frozen=True, slots=True)
class Field:
    """One thing to read: the first of its templates that says something, and the part of it that a pattern takes.

    ``pattern`` (RE2, empty: none) takes its first group that took part, or all that it fits; where it does not fit,
    nothing is said. It was looked at when the settings were read.
    """

    one_of: tuple[Template, ...]
    pattern: str = ""

    def say(self, alert: Json, top: Json) -> str:
        """What the body says; empty for nothing."""
        for template in self.one_of:
            said = template.say(alert, top).strip()
            if said and self.pattern:
                said = _taken(self.pattern, said)
            if said:
                return said
        return ""

    def raw(self, alert: Json, top: Json) -> Json:
        """The value as it stands there, for times; text where a template or a pattern makes one."""
        for template in self.one_of:
            if not self.pattern and len(template.parts) == 1 and isinstance(template.parts[0], Path):
                found = template.parts[0].find(alert, top)
                if not isinstance(found, Nowhere) and found is not None and found != "":
                    return found
        return self.say(alert, top)

    @property
    def paths(self) -> tuple[Path, ...]:
        """All places it looks at."""
        return tuple(path for template in self.one_of for path in template.paths)

    def __str__(self) -> str:
        """As a person would say it."""
        said = " or ".join("".join(_braced(part) for part in one.parts) for one in self.one_of)
        return f"{said}, by {self.pattern}" if self.pattern else said


def path(text: str) -> Path:
    """The path that a text says. Raises ValueError with a sentence.

    >>> path('labels."app.kubernetes.io/name"').steps, path("$.items[0]").from_top
    (('labels', 'app.kubernetes.io/name'), True)
    """
    rest, from_top = text.strip(), False
    if rest == _ROOT or rest.startswith((f"{_ROOT}.", f"{_ROOT}[")):
        rest, from_top = rest[1:].removeprefix("."), True
    steps: list[str | int] = []
    place = 0
    while place < len(rest):
        if steps and rest[place] == ".":
            place += 1
        elif steps and rest[place] != "[":
            raise ValueError(f"{text!r} is no path: a dot is missing before {rest[place:]!r}")
        found = _STEP.match(rest, place)
        if found is None:
            raise ValueError(f'{text!r} is no path: write keys with dots, like monitor.name, items[0] or "a key.x".y')
        quoted, number, key = found.groups()
        steps.append(int(number) if number is not None else re.sub(r"\\(.)", r"\1", quoted) if quoted else key)
        place = found.end()
    if not steps and not from_top:
        raise ValueError("is empty: write a path like monitor.name")
    return Path(text.strip(), tuple(steps), from_top)


def template(text: str) -> Template:
    """The template that a text says: a path, or words with paths in braces. Raises ValueError with a sentence.

    >>> len(template("{host}: {check.name}").parts)
    3
    """
    if "{" not in text and "}" not in text:
        return Template((path(text),))
    parts: list[Path | str] = []
    for place, piece in enumerate(re.split(r"\{([^{}]*)\}", text)):
        if place % 2:
            parts.append(path(piece))
        elif "{" in piece or "}" in piece:
            raise ValueError(f"{text!r}: each brace needs its other one, with a path between them: {{host}}")
        elif piece:
            parts.append(piece)
    return Template(tuple(parts))


def field(texts: Sequence[str], pattern: str = "") -> Field:
    """A field of one or more templates, and a pattern. Raises ValueError with a sentence."""
    if not texts:
        raise ValueError("is empty: write a path like monitor.name")
    why_no_pattern(pattern)
    return Field(tuple(template(text) for text in texts), pattern)


def why_no_pattern(pattern: str) -> None:
    """Raise ValueError with a sentence for what is no RE2 pattern."""
    try:
        re2.compile(pattern, _options())
    except re2.error as wrong:
        said = wrong.args[0].decode() if wrong.args and isinstance(wrong.args[0], bytes) else str(wrong)
        raise ValueError(f"{pattern!r} is no RE2 pattern: {said} (no look-around, no back references)") from None


def fits(pattern: str, text: str) -> bool:
    """Whether all of a text fits a pattern, in upper or lower case."""
    return re2.compile(f"(?i:{pattern})", _options()).fullmatch(text) is not None


def seen(value: Json | Nowhere) -> str:
    """What a body has instead of what was looked for: its keys, never what they hold."""
    match value:
        case dict() if value:
            names = [key[:_SHOWN_LENGTH] for key in list(value)[:_SHOWN]]
            return f"it has: {', '.join(names)}" + (", …" if len(value) > _SHOWN else "")
        case list():
            return f"it is a list of {len(value)}"
        case _:
            return "it has no keys"


def _options() -> re2.Options:
    options = re2.Options()
    options.log_errors = False
    return options


def _taken(pattern: str, text: str) -> str:
    found = re2.compile(pattern, _options()).search(text)
    if found is None:
        return ""
    groups: tuple[str | None, ...] = found.groups()
    taken = next((group for group in groups if group is not None), "") if groups else found.group()
    return str(taken).strip()


def _words(found: Json | Nowhere) -> str:
    return "" if isinstance(found, Nowhere) else as_text(found)


def _braced(part: Path | str) -> str:
    return part if isinstance(part, str) else f"{{{part.text}}}"
