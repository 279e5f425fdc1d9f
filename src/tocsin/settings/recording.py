"""What of a source is recorded and wakes nobody, as the settings have it."""

from __future__ import annotations

from tocsin.alerts.record_only import RecordOnly
from tocsin.alerts.silence import matcher
from tocsin.errors import BadInput
from tocsin.settings.reading import Place, Reading, dotted


def record_only(reading: Reading, place: Place, problems: list[str]) -> RecordOnly | None:
    """What is recorded only; None for nothing. A matcher that is none is a problem, and then nothing is recorded."""
    said = reading.get(*place, "record_matching") or ()
    top = bool(reading.get(*place, "record_top"))
    if not said and not reading.get(*place, "record"):
        if top:
            problems.append(f"{dotted((*place, 'record_top'))}: says nothing without `record` or `record_matching`")
        return None
    try:
        matchers = tuple(matcher(one) for one in said)
    except BadInput as wrong:
        problems.append(f"{dotted((*place, 'record_matching'))}: {wrong.message}")
        return None
    return RecordOnly(dotted((*place, "record_matching" if said else "record")), matchers, top)
