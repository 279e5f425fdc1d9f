"""Probes that are added by hand, over the API: what a runbook looks at becomes a row, and can be taken away again."""

from __future__ import annotations

from pathlib import Path

from tests.api.house import RUNBOOK, SETTINGS, house
from tests.stage.child import free_port
from tests.stage.nginx import nginx
from tocsin.app.access import Role

NEAR = SETTINGS.replace("[server]", '[server]\nprobed = ["127.0.0.1"]', 1)


def test_an_offer_is_added_listed_with_who_added_it_and_removed(tmp_path: Path) -> None:
    """A real nginx is looked at once before the answer; what is audited says who did it."""
    port, root, folder = free_port(), tmp_path / "www", tmp_path / "house"
    root.mkdir()
    folder.mkdir()
    (root / "health").write_text("well", "utf-8")
    address = f"http://127.0.0.1:{port}/health"
    with house(folder, NEAR, RUNBOOK.replace("df -h /", f"curl -f {address}")) as shop:
        token = shop.as_role(Role.MAINTAINER)
        (offer,) = shop.ask("GET", "/probes/offer").json()
        assert (offer["address"], offer["in_one_click"]) == (address, True)
        asked = {"service": offer["service"], "address": address}
        refused = shop.ask("POST", "/probes", asked, token=token)
        assert (refused.status_code, "was not good" in refused.text) == (422, True)
        with nginx(tmp_path, root=root, port=port):
            added = shop.ask("POST", "/probes", asked, token=token)
        assert added.status_code == 201, added.text
        name = added.json()["name"]
        (row,) = shop.ask("GET", "/probes").json()
        assert (row["name"], row["added_by"]) == (name, "max")
        assert shop.ask("GET", "/probes/offer").json() == []
        assert shop.ask("POST", "/probes", asked, token=token).status_code == 409
        assert shop.ask("POST", f"/probes/{name}/remove", token=token).status_code == 204
        assert shop.ask("POST", f"/probes/{name}/remove", token=token).status_code == 404
        assert shop.ask("GET", "/probes").json() == []
        kept = shop.ask("GET", "/audit", token=shop.as_role(Role.ADMIN)).json()
    acts = [(one["who"], one["verb"], one["object"]) for one in kept if one["object"] == name]
    assert sorted(acts) == [("max", "add probe", name), ("max", "remove probe", name)]
