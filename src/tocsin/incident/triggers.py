"""What calls for the next level besides time: a raised severity, a topic, a person's judgement. Pure.

The runbook's line decides which it is: "Incident severity increases" is seen by the rules, "Data loss incidents" in
the incident's own words, and "Customer complaints increase" is for a person to say. Paging fails open: a topic that
is named in a title pages the next level although somebody might have known better.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from tocsin.incident.choices import cite
from tocsin.incident.incident import Incident
from tocsin.incident.plan import Occasion, PlannedTrigger
from tocsin.runbook.playbook import EscalationRule, Playbook, Trigger

TOPICS: dict[str, tuple[str, ...]] = {
    "security": (
        *("security incident", "security breach", "security compromise", "data breach", "breach", "intrusion"),
        *("compromised", "unauthorized access", "unauthorised access", "ransomware", "malware", "leaked credentials"),
        *("attacker", "exploit"),
    ),
    "data loss": (
        "data loss",
        "lost data",
        "data is lost",
        "data was lost",
        "data corruption",
        "database corruption",
        "corrupted data",
        "rows missing",
    ),
    "payment": ("payment failure", "payments failing", "payment processing", "double charge", "charged twice"),
    "privacy": ("personal data", "privacy", "gdpr"),
}
"""Words that a topic of the runbook is known by in an incident; whole words, whatever the case."""


def planned_triggers(playbook: Playbook) -> Iterator[PlannedTrigger]:
    """The triggers of a runbook in the order of its lines."""
    for rule in playbook.escalation_rules:
        match rule.trigger:
            case Trigger.SEVERITY:
                yield _planned(rule, Occasion.RAISED)
            case Trigger.CONDITION:
                words = _topic(rule.text, named=bool(rule.targets))
                yield _planned(rule, Occasion.TOPIC if words else Occasion.JUDGED, words)
            case _:
                pass  # windows belong to the ladder


def due_topics(incident: Incident) -> list[tuple[PlannedTrigger, str]]:
    """The topics that the incident's words name and that have not called anybody yet, each with the words found."""
    said = list(_said(incident))
    found = []
    for trigger in incident.plan.triggers_of(incident.severity):
        if trigger.occasion is Occasion.TOPIC and not called_for(incident, trigger):
            named = next((word for word in trigger.words if any(_names(text, word) for text in said)), None)
            if named is not None:
                found.append((trigger, named))
    return found


def called_for(incident: Incident, trigger: PlannedTrigger) -> bool:
    """Whether a level was paged because of this line already."""
    return trigger.cite is not None and (trigger.cite.first, trigger.cite.last) in incident.cited


def _planned(rule: EscalationRule, occasion: Occasion, words: tuple[str, ...] = ()) -> PlannedTrigger:
    key = f"line-{rule.lines.first}"
    return PlannedTrigger(key, occasion, rule.text, rule.severities, words, cite(rule.lines, rule.text), rule.targets)


def _topic(text: str, *, named: bool = False) -> tuple[str, ...]:
    """The words of the topic that a line names; none when it is about something else than a topic.

    A line that calls somebody itself may be ``named`` by any word of its topic: "immediately on a data breach".
    """
    topics = ((topic, words, (topic, *words) if named else (topic,)) for topic, words in TOPICS.items())
    return next((words for _topic, words, known in topics if any(_names(text, word) for word in known)), ())


def _names(text: str, word: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE) is not None


def _said(incident: Incident) -> Iterable[str]:
    yield incident.title
    yield incident.summary
    yield from (alert.title for alert in incident.alerts)
    yield from (procedure.title for procedure in incident.procedures)
