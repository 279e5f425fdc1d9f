"""A foreign payload read as the team says in `tocsin.toml`: which of its fields is the title, the key, the state, …

What the map does not mention is not looked at. What does not fit is said with the place that was looked for and what
the body has instead, and kept: of several alerts in one body the others are heard all the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tocsin.alerts.alert import Alert, AlertStatus, Heard, Taken
from tocsin.alerts.cleaning import (
    MAX_ALERTS,
    MAX_TEXT_BYTES,
    MAX_TITLE_BYTES,
    Notes,
    clean,
    clean_fingerprint,
    clean_pairs,
    instant,
    web_link,
)
from tocsin.alerts.payload import Json, parse
from tocsin.alerts.sources.fields import Field, Nowhere, Path, fits, seen
from tocsin.alerts.sources.generic import IS_OVER, IS_TAKEN, IS_THERE, labels_of, meant
from tocsin.errors import BadPayload

_IGNORED = -1


@dataclass(frozen=True, slots=True)
class FieldMap:
    """Where the fields of an alert stand. Only ``title`` must be known; the key of an alert is its title without one.

    ``alerts`` leads to the list of alerts in a body; without it the body is one, or a list of them. ``firing``,
    ``resolved`` and ``ignored`` are RE2 patterns for all of the state's word, in upper or lower case; what none of them
    fits is understood as it is elsewhere, and an unknown word fires. ``severities`` and ``services`` are what the
    sender's words mean; a service that is not among them is the integration's own.
    """

    title: Field
    alerts: Path | None = None
    key: Field | None = None
    state: Field | None = None
    severity: Field | None = None
    service: Field | None = None
    description: Field | None = None
    link: Field | None = None
    group: Field | None = None
    starts_at: Field | None = None
    ends_at: Field | None = None
    firing: tuple[str, ...] = ()
    resolved: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    severities: tuple[tuple[str, str], ...] = ()
    services: tuple[tuple[str, str], ...] = ()
    labels: tuple[tuple[str, Field], ...] = ()
    labels_from: Path | None = None

    def read(self, body: bytes, received_at: datetime) -> Heard:
        """The alerts of a body of JSON. BadPayload when it is none, or none of its alerts fits."""
        parsed = parse(body)
        return self.read_value(parsed.value, received_at, "generic", parsed.notes)

    def read_value(self, top: Json, received_at: datetime, source: str, said: tuple[str, ...] = ()) -> Heard:
        """The alerts of a value, whatever it was made of. BadPayload when none fits."""
        several, notes = self._several(top), Notes(said)
        alerts: list[Alert] = []
        taken: list[str] = []
        troubles: dict[str, None] = {}
        for one in several[:MAX_ALERTS]:
            try:
                match self._kind(one, top, notes):
                    case kind if kind == _IGNORED:
                        pass
                    case kind if kind == IS_TAKEN and self._of(one, top, notes):
                        notes.add("an acknowledgement of another service's alert is not taken over")
                    case kind if kind == IS_TAKEN:
                        taken.append(clean_fingerprint(self._key(one, top, notes)))
                    case kind:
                        alerts.append(self._alert(one, top, received_at, source, notes, over=kind == IS_OVER))
            except BadPayload as trouble:
                troubles[trouble.message] = None
        if troubles and not alerts and not taken:
            raise BadPayload("; ".join(troubles))
        truncated = max(len(several) - MAX_ALERTS, 0)
        if truncated:
            notes.add(f"{truncated} alerts were left out: that one is absent proves nothing")
        left_out = sum(self._kind(one, top, Notes()) == IS_THERE for one in several[MAX_ALERTS:])
        return Heard(
            tuple(alerts),
            tuple(map(Taken, taken)),
            truncated,
            notes.all(),
            left_out=left_out,
            trouble="; ".join(troubles),
        )

    def _several(self, top: Json) -> list[Json]:
        if self.alerts is None:
            return top if isinstance(top, list) else [top]
        found = self.alerts.find(top, top)
        match found:
            case list():
                return found
            case dict():
                return [found]
            case Nowhere():
                raise BadPayload(f"there are no alerts at {self.alerts.text!r} of the body: {seen(top)}")
            case _:
                raise BadPayload(f"what stands at {self.alerts.text!r} is no list of alerts")

    def _kind(self, one: Json, top: Json, notes: Notes) -> int:
        """What an alert says of its trouble: there, over, taken by somebody, or nothing that counts."""
        if self.state is None:
            return IS_THERE
        word = self.state.say(one, top)
        for patterns, kind in ((self.ignored, _IGNORED), (self.resolved, IS_OVER), (self.firing, IS_THERE)):
            if word and any(fits(pattern, word) for pattern in patterns):
                return kind
        known = meant(word)
        if known is None:
            shown = f"the state {word[:40]!r} is unknown" if word else f"there is no state at {self.state}"
            notes.add(f"{shown}, and was taken as firing")
            return IS_THERE
        return known

    def _alert(self, one: Json, top: Json, received_at: datetime, source: str, notes: Notes, *, over: bool) -> Alert:
        def say(field: Field | None) -> str:
            return field.say(one, top) if field is not None else ""

        def at(field: Field | None, what: str) -> datetime | None:
            return instant(field.raw(one, top), received_at, notes, what) if field is not None else None

        key = self._key(one, top, notes)
        severity = say(self.severity)
        if self.severity is not None and not severity:
            notes.add(f"there is no severity at {self.severity}")
        return Alert(
            fingerprint=clean_fingerprint(key),
            status=AlertStatus.RESOLVED if over else AlertStatus.FIRING,
            title=clean(say(self.title) or key, MAX_TITLE_BYTES, notes, "title"),
            source=source,
            received_at=received_at,
            summary=clean(say(self.description), MAX_TEXT_BYTES, notes, "description"),
            labels=clean_pairs(self._labels(one, top, notes), notes, "labels"),
            starts_at=at(self.starts_at, "starts_at"),
            ends_at=at(self.ends_at, "ends_at") if over else None,
            group_key=clean(say(self.group), MAX_TITLE_BYTES, notes, "group") or None,
            severity_hint=clean(dict(self.severities).get(severity, severity), MAX_TITLE_BYTES, notes, "severity")
            or None,
            link=web_link(say(self.link), notes),
            service=self._of(one, top, notes),
        )

    def _key(self, one: Json, top: Json, notes: Notes) -> str:
        """What joins the events of one alert: by its own field, else by the title. BadPayload when there is neither."""
        said = self.key.say(one, top) if self.key is not None else ""
        if said:
            return said
        title = self.title.say(one, top)
        if not title:
            raise BadPayload(f"an alert without a title: nothing is said at {self.title}; {seen(one)}")
        if self.key is not None:
            notes.add(f"there is no key at {self.key}: the title joins its events")
        return title

    def _labels(self, one: Json, top: Json, notes: Notes) -> dict[str, str]:
        found: dict[str, str] = {}
        if self.labels_from is not None:
            value = self.labels_from.find(one, top)
            if isinstance(value, Nowhere):
                notes.add(f"there are no labels at {self.labels_from.text}")
            else:
                found |= labels_of(value)
        return found | {name: said for name, field in self.labels if (said := field.say(one, top))}

    def _of(self, one: Json, top: Json, notes: Notes) -> str:
        """The service that it is about, by our key; empty for the integration's own."""
        said = self.service.say(one, top) if self.service is not None else ""
        if not said:
            return ""
        known = dict(self.services).get(said, "")
        if not known:
            notes.add(f"the service {said[:40]!r} is none of ours; it counts for the integration's own")
        return known
