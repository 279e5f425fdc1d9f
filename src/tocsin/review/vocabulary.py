"""What the blanks of a team's templates mean.

A name binds by its own words ("[Engineer Name]"). Words that could mean anything ("[Timestamp]", "[brief
description]") bind by the label before them ("Resolved: [Timestamp]"), and to nothing where that label is not
known: a blank left open is shown, a wrong value is sent.
"""

from __future__ import annotations

import re
from enum import StrEnum

from tocsin.runbook.words import vocabulary


class Known(StrEnum):
    """What an incident's record, or the person who sends, can say."""

    REFERENCE = "reference"
    NUMBER = "number"
    TITLE = "title"
    SUMMARY = "summary"
    SERVICE = "service"
    SEVERITY = "severity"
    STATUS = "status"
    NOW = "now"
    STARTED_AT = "started_at"
    DETECTED_AT = "detected_at"
    ACKNOWLEDGED_AT = "acknowledged_at"
    MITIGATED_AT = "mitigated_at"
    RESOLVED_AT = "resolved_at"
    DETECTION_TIME = "detection_time"
    RESPONSE_TIME = "response_time"
    MITIGATION_TIME = "mitigation_time"
    RESOLUTION_TIME = "resolution_time"
    DURATION = "duration"
    DOWNTIME = "downtime"
    AFFECTED = "affected"
    RESPONDER = "responder"
    COMMANDER = "commander"
    DETECTED_BY = "detected_by"
    UPDATE = "update"
    DOING = "doing"
    ACTIONS_TAKEN = "actions_taken"
    NEXT_UPDATE = "next_update"
    POSTMORTEM_AT = "postmortem_at"
    ETA = "eta"
    IMPACT = "impact"
    ROOT_CAUSE = "root_cause"
    PREVENTION = "prevention"


INSIDE_ONLY = frozenset(
    {
        Known.TITLE,
        Known.SUMMARY,
        Known.RESPONDER,
        Known.COMMANDER,
        Known.DETECTED_BY,
        Known.UPDATE,
        Known.DOING,
        Known.ACTIONS_TAKEN,
        Known.POSTMORTEM_AT,
        Known.IMPACT,
    }
)
"""What the record may not put into a message for customers: a person writes it anew."""

_NAMES: dict[Known, str] = {
    Known.REFERENCE: "incident id|incident reference|reference|incident|incident key",
    Known.NUMBER: "number|incident number|id|ticket number|n|nnn|xxx|xxxx",
    Known.TITLE: "title|incident title|incident name|short description|one line description",
    Known.SUMMARY: "summary|incident summary|incident description",
    Known.SERVICE: "service|service name|system|system name|application|product",
    Known.SEVERITY: "severity|severity level|sev|level|sev level|priority",
    Known.STATUS: "status|current status|incident status|state",
    Known.STARTED_AT: "start time|started|started at|start|when it happened|incident start|time started|incident date",
    Known.DETECTED_AT: "detected at|time detected|when it was detected|detected",
    Known.ACKNOWLEDGED_AT: "acknowledged at|acknowledged|time acknowledged",
    Known.MITIGATED_AT: "mitigated at|mitigated|time mitigated",
    Known.RESOLVED_AT: "resolved at|resolved|time resolved|end time|end|ended|when it was resolved|restored at",
    Known.DETECTION_TIME: "time to detect|detection time|ttd|mttd",
    Known.RESPONSE_TIME: "time to respond|response time|time to acknowledge|tta|mtta",
    Known.MITIGATION_TIME: "time to mitigate|mitigation time|ttm|mttm",
    Known.RESOLUTION_TIME: "time to resolve|resolution time|time to resolution|ttr|mttr",
    Known.DURATION: "duration|how long it lasted|total duration|incident duration|length",
    Known.DOWNTIME: "downtime|total downtime",
    Known.AFFECTED: "services users|affected|affected services|affected service|affected systems|affected components"
    "|affected services users|affected users services|impacted services|services affected|components|services",
    Known.RESPONDER: "engineer name|engineer|on call engineer|on call|oncall|responder|on call engineer name",
    Known.COMMANDER: "commander|incident commander|ic|incident lead|commander name|incident commander name",
    Known.DETECTED_BY: "method|detection method|how it was detected|source",
    Known.UPDATE: "what we know|update|latest update|current update|what we know so far",
    Known.DOING: "what we re doing|what we are doing|current actions|actions",
    Known.ACTIONS_TAKEN: "what was done|actions taken|resolution steps|what we did|steps taken",
    Known.NEXT_UPDATE: "next update|next update time|time of next update|next update at",
    Known.POSTMORTEM_AT: "scheduled for date|post mortem date|postmortem date|post mortem|postmortem|post mortem due",
    Known.ETA: "estimated resolution time|eta|timeframe|time frame|estimated time|expected resolution"
    "|estimated resolution|estimated time to resolution",
    Known.IMPACT: "impact|describe impact|customer impact|impact description|user impact|business impact",
    Known.ROOT_CAUSE: "root cause|cause|root cause summary",
    Known.PREVENTION: "prevention measures|preventive measures|prevention"
    "|what we re doing to prevent future occurrences",
}


def _words(names: str) -> frozenset[str]:
    return frozenset(names.split("|"))


_BY_NAME = {words: known for known, names in _NAMES.items() for words in names.split("|")}

_VAGUE = _words(
    "timestamp|time|date|date time|datetime|when|hh mm|hh mm ss|yyyy mm dd|yyyy mm dd hh mm|utc"
    "|name|who|person|brief description|description|short summary|details|text|value|describe|briefly describe|explain"
)
_TIME_WORDS = _words(
    "timestamp|time|date|date time|datetime|when|hh mm|hh mm ss|yyyy mm dd|yyyy mm dd hh mm|time utc|hh mm utc|t"
)
_LABELS = {
    **{words: known for words, known in _BY_NAME.items() if words not in {"incident", "n", "id", "end", "start"}},
    "date": Known.STARTED_AT,
    "date time": Known.STARTED_AT,
    "date and time": Known.STARTED_AT,
    "time": Known.NOW,
    "start": Known.STARTED_AT,
    "end": Known.RESOLVED_AT,
    "what happened": Known.SUMMARY,
}
_OPENING = _words("|incident|alert|new incident|incident alert|title|subject|issue|incident declared|summary")


def words_of(text: str) -> str:
    """A name or label as plain words: lower case, letters and digits, single spaces.

    >>> words_of("**Date/Time**")
    'date time'
    """
    return " ".join(re.findall(r"[^\W_]+", text.casefold()))


def is_timeline(title: str) -> bool:
    """Whether a title of a report asks for what happened when, in any language that runbooks are read in.

    >>> is_timeline("Timeline (UTC)"), is_timeline("Cronología"), is_timeline("Impact")
    (True, True, False)
    """
    return vocabulary().says("timeline", title)


def label_before(text: str) -> str:
    """The label that stands on the same line before a blank: what precedes the last colon, or the cell before.

    >>> label_before("- **Severity**: SEV-"), label_before("| Duration | "), label_before("affecting ")
    ('severity', 'duration', '')
    """
    cells = [cell for cell in text.split("|")[:-1] if cell.strip()]
    if text.lstrip().startswith("|") and cells:
        return words_of(cells[-1])
    before, colon, _ = text.rpartition(":")
    if not colon:
        return ""
    return words_of(re.split(r"[.!?]\s", before)[-1])


def is_time(name: str) -> bool:
    """Whether a blank asks for an instant and nothing more."""
    return words_of(name) in _TIME_WORDS


def bind(name: str, label: str = "") -> Known | None:
    """What a blank means, by its name and the plain words of the label before it; None when that is not certain.

    >>> bind("Timestamp", "resolved"), bind("brief description", "root cause"), bind("owner")
    (<Known.RESOLVED_AT: 'resolved_at'>, <Known.ROOT_CAUSE: 'root_cause'>, None)
    """
    words = words_of(name)
    if words not in _VAGUE:
        return _BY_NAME.get(words)
    if label in _LABELS and label not in _OPENING:
        return _LABELS[label]
    if label not in _OPENING:
        return None
    if words in {"timestamp", "time"} and not label:
        return Known.NOW
    return {"brief description": Known.TITLE, "description": Known.SUMMARY}.get(words)


def bind_label(label: str) -> Known | None:
    """What belongs behind a label that stands alone ("**Duration**:").

    >>> bind_label("Total downtime")
    <Known.DOWNTIME: 'downtime'>
    """
    return _LABELS.get(words_of(label))
