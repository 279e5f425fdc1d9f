"""The page of the probes, and an installation that looks at a real nginx which is stopped and started."""

from __future__ import annotations

import tomllib
from datetime import timedelta
from pathlib import Path

import pytest

from tests.stage.child import eventually, free_port
from tests.stage.nginx import nginx
from tests.web.house import RUNBOOK, SETTINGS, START, House
from tests.web.house import house as open_house
from tocsin.alerts.probe import KEPT, Look
from tocsin.app.access import Role
from tocsin.app.rows.records import IncidentQuery
from tocsin.web.pages.probes import HIGH, STEP, picture

ONE = """
[probe.front]
service = "shop"
address = "http://127.0.0.1:{port}/health"
body = "all is well"
every = "10 s"
failures = 2
severity = "P0"
"""


def settings(port: int) -> str:
    """A house that may look at this machine, and does."""
    return SETTINGS.replace("[server]", '[server]\nprobed = ["127.0.0.1"]', 1) + ONE.format(port=port)


def look(at: House, times: int = 1) -> None:
    """So many rounds of looking; what is told is read."""
    probes = at.application.probes
    for _ in range(times):
        at.clock.move_by(timedelta(seconds=10))
        probes.turn()
        assert eventually(lambda: not probes._flights, within=60)
        probes.turn()
        while at.application.hearing.digest():
            pass


def page(at: House, role: Role = Role.VIEWER) -> str:
    """The page as that role sees it."""
    return " ".join(at.visitor(role).get("/probes").text.split())


def test_a_real_nginx_that_is_stopped_and_started_is_one_incident_that_clears(tmp_path: Path) -> None:
    """Good, shaky, failing with one incident, good again: what the page says at each moment."""
    port, root = free_port(), tmp_path / "www"
    root.mkdir()
    (root / "health").write_text("all is well", "utf-8")
    folder = tmp_path / "house"
    folder.mkdir()
    with open_house(folder, settings(port)) as at:
        assert "not looked yet" in page(at)
        with nginx(tmp_path, root=root, port=port):
            look(at)
        assert "good</span>" in page(at)
        look(at)
        assert "shaky</span>" in page(at)
        look(at)
        assert "fails</span>" in page(at)
        assert "3 looks, 2 of them bad" in page(at)
        (row,) = at.application.incidents.search(at.caller(), IncidentQuery())
        assert row.title.startswith("Probe front fails: 127.0.0.1: ")
        assert row.severity == "P0"
        with nginx(tmp_path, root=root, port=port):
            look(at, 2)
        assert "good</span>" in page(at)
        assert "Last trouble: 127.0.0.1: " in page(at)
        assert at.application.incidents.view(at.caller(), row.incident_id).incident.cleared_at is not None


def test_a_test_alert_of_a_probe_is_a_real_incident(tmp_path: Path) -> None:
    """By the page and by `tocsin integrations test`; whoever only looks has no button."""
    with open_house(tmp_path, settings(1)) as at:
        assert "Send a test alert" not in page(at)
        assert "Send a test alert" in page(at, Role.MAINTAINER)
        max = at.visitor(Role.MAINTAINER)
        assert max.post("/probes/front/test").location == "/probes?sent=front"
        assert "The test alert of front is on its way" in max.get("/probes?sent=front").text
        at.application.hearing.digest()
        (row,) = at.application.incidents.search(at.caller(), IncidentQuery())
        assert (row.title, row.service) == ("Test alert: nothing is broken", "shop")
        assert "is a probe" in max.get("/sources/front").text


def test_alerts_of_a_probe_can_be_kept_quiet_by_its_name(tmp_path: Path) -> None:
    """It is offered with the sources, and a silence that names it is taken."""
    with open_house(tmp_path, settings(1)) as at:
        max = at.visitor(Role.MAINTAINER)
        assert 'value="front"' in max.get("/silences/new").text
        assert at.application.silences.service_of("front") == "shop"


PSQL = """
### Database down

**Symptoms:**
- Connections are refused

**Investigation:**
```bash
psql $DATABASE_URL -c "SELECT 1"
redis-cli -h $REDIS_HOST ping
curl https://shop.example.com/health
curl -f http://localhost:5000/readyz
curl -X POST https://api.harbour-shop.net/restart
curl https://api.harbour-shop.net/health/queues
curl https://api.harbour-shop.net/health/queues
```
"""


def test_what_the_runbook_looks_at_by_hand_is_offered_with_its_line_and_can_be_pasted(tmp_path: Path) -> None:
    """Health URLs, the database, the cache: each once, none that changes something, what to do first beside it."""
    text = RUNBOOK.read_text("utf-8") + PSQL
    line = next(n for n, one in enumerate(text.splitlines(), 1) if one.endswith("net/health/queues"))
    with open_house(tmp_path, SETTINGS, runbook=text) as at:
        shown = at.visitor(Role.VIEWER).get("/probes").text
        assert "Your runbooks look at these by hand" in shown
        pasted = [one.split("</pre>")[0] for one in shown.split('<pre class="command"')[1:]]
        toml = "\n".join(one.partition(">")[2] for one in pasted).replace("&#34;", '"').replace("&#39;", "'")
        offered = tomllib.loads(toml)["probe"]
    addresses = [one["address"] for one in offered.values()]
    assert {"env": "DATABASE_URL"} in addresses
    assert {"env": "REDIS_URL"} in addresses
    assert addresses.count("https://api.harbour-shop.net/health/queues") == 1
    assert "https://api.harbour-shop.net/restart" not in addresses
    assert f"# runbook line {line}: curl https://api.harbour-shop.net/health/queues" in toml
    assert "shop.example.com is the runbook's example: put your own" in toml.replace("&amp;", "&")
    assert 'server.probed = ["127.0.0.1"]' in toml
    assert offered["shop-health-queues"]["service"] == "shop"


def test_what_is_looked_at_already_is_not_offered_again(tmp_path: Path) -> None:
    """The offer is what is left to do."""
    probe = '[probe.db]\nservice = "shop"\nkind = "postgres"\naddress = "postgresql://db.harbour-shop.net/shop"\n'
    probe += '[probe.queues]\nservice = "shop"\naddress = "https://api.harbour-shop.net/health/queues"\n'
    with open_house(tmp_path, SETTINGS + probe, runbook=RUNBOOK.read_text("utf-8") + PSQL) as at:
        shown = at.visitor(Role.VIEWER).get("/probes").text
    assert "DATABASE_URL&#34; }" not in shown
    assert "probe.shop-health-queues" not in shown
    assert "probe.shop-readyz" in shown


def test_the_picture_shows_each_look_and_says_the_same_in_words() -> None:
    """The newest stands at the right end; a bad one is as high as the picture; nothing divides by nothing."""
    looks = [Look(START, True, 0.01), Look(START, True, 0.04), Look(START, False, 9.0, "no answer")]
    shown = picture(looks)
    assert [bar.x for bar in shown.bars] == [(KEPT - 3) * STEP, (KEPT - 2) * STEP, (KEPT - 1) * STEP]
    assert [bar.height for bar in shown.bars] == [HIGH / 4, HIGH, HIGH]
    assert [bar.good for bar in shown.bars] == [True, True, False]
    assert shown.says == "3 looks, 1 of them bad; the slowest good one took 40 ms, the middle one 40 ms"
    assert picture([Look(START, True, 0.0)]).bars[0].height == 2.0
    assert picture([Look(START, False)]).says == "1 look, 1 of them bad"


HAND = """
### Queue stands still

**Symptoms:**
- Orders wait

**Investigation:**
```bash
curl -f http://127.0.0.1:{port}/health
curl -f http://127.0.0.1:{port}/nowhere
curl -f https://shop.example.com/ready
```
"""


def by_hand(port: int) -> str:
    """A runbook that looks at this machine by hand: at what is there, at what is not, and at an example."""
    return RUNBOOK.read_text("utf-8") + HAND.format(port=port)


def test_what_the_runbook_looks_at_by_hand_is_added_with_one_click_and_taken_away_again(tmp_path: Path) -> None:
    """A real nginx: it is offered to whoever may, looked at at once, says who added it, and its alert ends with it."""
    port, root = free_port(), tmp_path / "www"
    root.mkdir()
    (root / "health").write_text("well", "utf-8")
    folder = tmp_path / "house"
    folder.mkdir()
    near = SETTINGS.replace("[server]", '[server]\nprobed = ["127.0.0.1"]', 1)
    with open_house(folder, near, runbook=by_hand(port)) as at:
        max, address = at.visitor(Role.MAINTAINER), f"http://127.0.0.1:{port}/health"
        button = "Look at it from now on"
        assert button not in page(at)
        assert page(at, Role.MAINTAINER).count(button) == 3  # the shop's own check, and two of this document
        max.get("/probes")
        with nginx(tmp_path, root=root, port=port):
            assert max.post("/probes", {"service": "shop", "address": address}).location == "/probes#shop-health-2"
            shown = page(at)
            assert "good</span>" in shown
            assert "1 look, 0 of them bad" in shown
            look(at)
        assert "Added by max" in shown
        assert "Stop looking" not in shown
        again = max.post("/probes", {"service": "shop", "address": address})
        assert (again.status, "is looked at already, by the probe shop-health-2" in again.text) == (409, True)
        for _ in range(3):
            at.clock.move_by(timedelta(minutes=1))
            look(at)
        (row,) = at.application.incidents.search(at.caller(), IncidentQuery())
        max.get("/probes")
        assert max.post("/probes/shop-health-2/remove").location == "/probes"
        look(at)
        assert at.application.incidents.view(at.caller(), row.incident_id).incident.cleared_at is not None
        assert "Added by" not in page(at)
        assert page(at, Role.MAINTAINER).count(button) == 3


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("http://127.0.0.1:{port}/nowhere", "first look at http://127.0.0.1:"),
        ("https://shop.example.com/ready", "cannot be added as it stands"),
        ("https://elsewhere.harbour-shop.net/", "unbook in force of shop looks at"),
    ],
)
def test_what_is_not_well_an_example_or_not_of_the_runbook_is_not_added(tmp_path: Path, path: str, why: str) -> None:
    """The page says why, nothing is kept, and nobody is woken by it."""
    port = free_port()
    with open_house(tmp_path, SETTINGS, runbook=by_hand(port)) as at:
        max = at.visitor(Role.MAINTAINER)
        max.get("/probes")
        answer = max.post("/probes", {"service": "shop", "address": path.format(port=port)})
        assert answer.status >= 400
        assert why in answer.text
        assert at.application.team().probes == {}
        assert at.application.added_probes.all(at.caller()) == {}
