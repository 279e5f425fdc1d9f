"""Which pages are taken back once nobody needs them: those that stand on somebody's device and ask for an answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tocsin.incident.effects import Effect, EffectKind
from tocsin.incident.facts import (
    Acknowledged,
    AudienceTold,
    CustomersNotified,
    Fact,
    Mitigated,
    PageSent,
    Recorded,
    Resolved,
    StatusUpdated,
    TargetMissed,
)
from tocsin.incident.incident import Incident, PageState
from tocsin.incident.pending import still_wanted

ENDS: tuple[type[Fact], ...] = (
    Acknowledged,
    Mitigated,
    Resolved,
    StatusUpdated,
    AudienceTold,
    CustomersNotified,
    TargetMissed,
    PageSent,
)
"""The facts that can end the need for a page that was sent; a page may be sent while somebody acknowledges."""


def withdrawals(incident: Incident, recorded: Sequence[Recorded], can_be: Callable[[PageState], bool]) -> list[Effect]:
    """What has to be taken back after these facts, of an incident as it stands after them; each page once for ever.

    ``can_be`` says whether the way of a page takes anything back.
    """
    if not any(isinstance(one.fact, ENDS) for one in recorded):
        return []
    return [
        Effect(f"withdraw/{page.page}", incident.id, EffectKind.WITHDRAW, page.page)
        for page in incident.pages.values()
        if page.sent_at is not None and page.withdrawn_at is None and not still_wanted(incident, page) and can_be(page)
    ]
