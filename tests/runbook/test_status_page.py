"""Which address is the team's own status page, and which is a provider's that somebody looks at."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook


def status_page(text: str) -> str | None:
    """The address of the status page of a document about a mill."""
    return compile_runbook(f"# Mill incident response\n\n## Response\n\n{text}\n".encode()).status_page


@pytest.mark.parametrize(
    "text",
    [
        "- Update the status page (https://status.mill.example)",
        "- **Status page**: https://status.mill.example",
        "- Mill status: https://status.mill.example",
        "- Statusseite: https://status.mill.example",
        "3. Update status at `https://status.mill.example` (or the pinned issue)",
        "- Check the carrier: https://status.carrier.example\n- Status page: https://status.mill.example",
        "- Carrier status: https://status.carrier.example\n- Status page: https://status.mill.example",
    ],
)
def test_the_page_that_the_team_keeps_is_the_status_page(text: str) -> None:
    """By its label, by what is done with it, or by the name of the document; whatever stands before it."""
    assert status_page(text) == "https://status.mill.example"


@pytest.mark.parametrize(
    "text",
    [
        "1. Check the carrier's status: https://status.carrier.example",
        "1. Verify the health of the carrier at [their page](https://status.carrier.example)",
        "1. Status des Lieferanten prüfen: https://status.carrier.example",
        "1. Vérifier l'état du fournisseur : https://status.carrier.example",
        "1. Comprobar el estado del proveedor: https://status.carrier.example",
        "1. Verificar o status do provedor: https://status.carrier.example",
        "1. Controllare lo stato del fornitore: https://status.carrier.example",
        "1. Проверить статус поставщика: https://status.carrier.example",
        "- Carrier status: https://status.carrier.example\n- Bank status: https://status.bank.example",
    ],
)
def test_a_page_of_a_provider_is_not_the_teams(text: str) -> None:
    """Customers were pointed to the status of the cloud: what is looked at is somebody else's."""
    assert status_page(text) is None


def test_a_page_named_after_the_team_alone_is_theirs() -> None:
    """One name that the title does not hold, and no other page of that kind."""
    assert status_page("- Flour status: https://status.flour.example") == "https://status.flour.example"
