"""What becomes of a request of Opsgenie's Alert API, as its client sees it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.waking.house import Mill, mill
from tocsin.alerts.sources.opsgenie import alert_id
from tocsin.app.rows.records import NewDelivery
from tocsin.incident.facts import Paged
from tocsin.web.opsgenie_api import OpsgenieApi, request_id

PHONE = '[[people.ana.ways]]\nkind = "phone"'
GENIE = '\n[integration.genie]\nsource = "opsgenie"\nservice = "mill"\n'


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Mill]:
    """An installation with an integration of Opsgenie's kind, which has heard of one alert and paged for it."""
    with mill(tmp_path, PHONE, GENIE) as opened:
        ask(opened, "POST /v2/alerts", {"message": "The grinder is stuck", "alias": "grinder"})
        yield opened


def ask(house: Mill, line: str, said: Any) -> Any:
    """What the client reads of its request after it has been worked on."""
    application = house.installation.application
    body = f"{line}\n{json.dumps(said)}".encode()
    key = f"once:{uuid4()}"
    stored = application.intake.submit(NewDelivery("genie", key, house.clock.now(), "", body)).result(60)
    application.hearing.digest()
    house.work()
    return get(house, f"alerts/requests/{request_id(stored)}")[1]["data"]


def get(house: Mill, path: str, query: str = "") -> tuple[int, Any]:
    """The status and the body of a GET."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    application = house.installation.application
    integration = application.desk.team().integrations["genie"]
    asyncio.run(OpsgenieApi(application.store).ask(send, integration, path, query))
    return sent[0]["status"], json.loads(b"".join(one.get("body", b"") for one in sent[1:]))


def test_an_escalation_pages_the_next_level(house: Mill) -> None:
    """The team lead is called at once, and reads the note."""
    assert "bo" not in [person for person, _ in house.paged()]
    became = ask(house, "POST /v2/alerts/grinder/escalate?identifierType=alias", {"note": "nobody answers"})
    assert (became["isSuccess"], became["status"]) == (True, "Escalate has been processed")
    assert "bo" in [fact.person for fact in house.facts() if isinstance(fact, Paged)]


def test_an_escalation_that_reaches_nobody_is_no_success(house: Mill) -> None:
    """No such alert, and no further level: the client reads why."""
    unknown = ask(house, "POST /v2/alerts/mixer/escalate?identifierType=alias", {})
    assert (unknown["isSuccess"], unknown["status"]) == (False, "there is no incident of this alert")
    for n in range(3):
        last = ask(house, f"POST /v2/alerts/grinder/escalate?identifierType=alias&n={n}", {})
    assert last["isSuccess"] is False
    assert "no further level" in last["status"]


@pytest.mark.parametrize("action", ["snooze", "unacknowledge", "assign", "notes"])
def test_what_tocsin_does_not_do_is_no_success(house: Mill, action: str) -> None:
    """Whoever believes that an alert is snoozed goes back to bed: the request is kept, and says that it did nothing."""
    became = ask(house, f"POST /v2/alerts/grinder/{action}?identifierType=alias", {})
    assert became["isSuccess"] is False
    assert became["status"].startswith("Nothing was changed: ")


def test_the_list_of_alerts_is_a_page_of_those_that_are_asked_for(house: Mill) -> None:
    """`limit`, `offset` and `query=status:open`; any other search is refused rather than answered with everything."""
    ask(house, "POST /v2/alerts", {"message": "The mixer is stuck", "alias": "mixer"})
    ask(house, "POST /v2/alerts/mixer/close?identifierType=alias", {})
    grinder, mixer = alert_id("grinder"), alert_id("mixer")

    def listed(query: str = "") -> list[str]:
        return [one["id"] for one in get(house, "alerts", query)[1]["data"]]

    assert sorted(listed()) == sorted([grinder, mixer])
    assert listed("limit=1") + listed("limit=1&offset=1") == listed()
    assert listed("query=status%3Aopen") == [grinder]
    assert listed("query=status%3A+closed") == [mixer]
    assert get(house, "alerts", "query=tag%3Ashop")[0] == 422
    assert get(house, "alerts", "limit=many")[0] == 422
