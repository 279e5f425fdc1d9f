"""One sender for several services: a label of each alert says which one it is about."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from tocsin.alerts.alert import Heard


def by_label(heard: Heard, label: str, services: Mapping[str, str], otherwise: str) -> Heard:
    """What was heard, each alert with the service that its label names.

    ``services`` are the keys by the words for them, folded. A word that is none of them leaves the alert with
    ``otherwise``, the service of its integration, and is noted: somebody has to look, and nobody is left asleep.
    """
    alerts, unknown = [], dict[str, int]()
    for alert in heard.alerts:
        word = alert.labels.get(label, "").strip()
        service = services.get(word.casefold(), "")
        if word and not service and not alert.service:
            unknown[word] = unknown.get(word, 0) + 1
        alerts.append(msgspec.structs.replace(alert, service=service) if service and not alert.service else alert)
    notes = [
        f"the label {label} of {count} of its alerts names no service of tocsin.toml, {word[:60]!r}: "
        f"heard for {otherwise}"
        for word, count in list(unknown.items())[:MOST_NOTES]
    ]
    return msgspec.structs.replace(heard, alerts=tuple(alerts), notes=(*heard.notes, *notes))


MOST_NOTES = 3
"""So many unknown words are noted for one delivery."""
