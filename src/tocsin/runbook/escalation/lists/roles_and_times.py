"""Items that say of each role when it is called, and nothing else: "**Secondary**: paged at +15 min if no ack"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tocsin.runbook.document.blocks import Item
from tocsin.runbook.durations import spans
from tocsin.runbook.escalation.people.names import LONGEST_NAME, is_one_of_ours, people
from tocsin.runbook.escalation.people.ours import ends_as_somebody, is_name
from tocsin.runbook.escalation.ranks import counted_level
from tocsin.runbook.escalation.times.waits import says_silence, when_called
from tocsin.runbook.grammar import BRACKET, any_of, pattern
from tocsin.runbook.playbook import EscalationLevel
from tocsin.runbook.scale import Scale, coded_names
from tocsin.runbook.words import one_of, vocabulary


def roles_with_times(items: Sequence[Item], scale: Scale) -> list[EscalationLevel]:
    """The levels of such a list; empty for others, and where no role behind the first one has a time."""
    levels: list[EscalationLevel] = []
    for n, item in enumerate(items, 1):
        label, value = item.inline.labelled or _at_dash(item.inline.text)
        if not label or counted_level().match(label) or not _is_role(label) or not begins_with_when(value, scale):
            return []
        brackets = [match["inside"] for match in BRACKET.finditer(label)]
        after, trigger, severities, case = when_called([value, *brackets], item.lines.first, n, scale)
        who = people(BRACKET.sub(" ", label).strip())
        levels.append(EscalationLevel(n, who, item.lines, severities, after, trigger, case))
    told = any(level.after is not None for level in levels[1:])  # severities alone are read with the list for each
    return levels if len(levels) > 1 and told else []


def _at_dash(text: str) -> tuple[str, str]:
    """A role and what stands behind its dash, where nothing is bold: "Deputy - T+10 if nobody answered"."""
    found = _DASH.match(text)
    return (found["label"], found["value"]) if found is not None else ("", "")


_DASH = re.compile(r"(?P<label>[^\s:：][^:：–—]{1,48}?)\s[-–—]\s(?P<value>\S.{0,160})$")


def _is_role(label: str) -> bool:
    words = vocabulary()
    ranked = any(words.says(name, label) for name in ("primary", "secondary", "executives"))
    known = ranked or is_one_of_ours(label) or ends_as_somebody(label) or is_name(label)
    return known and len(BRACKET.sub(" ", label).split()) <= LONGEST_NAME


def begins_with_when(value: str, scale: Scale) -> bool:
    """Whether what stands behind a role begins with when it is called, and names nobody: "auto-paged at T+10"."""
    said = value.strip(" *_→-–—.")
    if not said or len(said) > _LONGEST:
        return False
    named = is_one_of_ours(" ".join(said.split()[:2]))  # "team lead if nobody answers" begins with whom
    if _called().match(said) is not None or (says_silence(said[:_BEGINNING]) and not named):
        return True
    span = next(spans(said), None)
    if span is not None and not re.search(r"[^\W\d_]", _led().sub(" ", said[: span.start])):
        return True
    at = min((said.find(name) for name in coded_names(said) if name in said), default=-1)
    places = scale.places(said)
    at = places[0][0] if places else at
    return at >= 0 and not re.search(r"[^\W\d_]", _led().sub(" ", said[:at]))


_LONGEST = 160
_BEGINNING = 40
"""Characters."""


@pattern
def _called() -> str:
    """That somebody is called, or comes first: "paged by hand", "gets the page", "is called", "first"."""
    words = vocabulary().words
    verbs = one_of({*words["called"].spaced, *words["call"].spaced})
    passive = one_of(words["passive"].spaced)
    now = one_of(words["immediate"].spaced)
    gets = rf"{any_of('has_time', 'acts')}\s+(?:{any_of('article')}\s+)?{verbs}"
    ends = (
        rf"(?=\s*(?:[,.;:(（]|$)|\s+(?:{any_of('after', 'deadline', 'if', 'for', 'first', 'only', 'called_by_hand')}))"
    )
    own = rf"(?:auto[\s-]?)?{verbs}{ends}|(?:{passive})\s+(?:\w+\s+)?{verbs}|{gets}"
    first = rf"{any_of('first')}(?:\s*[,.;]|$|\s+{verbs}|\s+\S+$)"
    return rf"\W*(?:(?:{own})(?!\w)|{now}(?!\w)|{first})"


@pattern
def _led() -> str:
    """What may stand before a time or a severity: "at", "if", "only for", "SEV1 >"."""
    return any_of(
        "after", "deadline", "beside_time", "if", "for", "only", "from", "until", "upon", "article", "at_place"
    )
