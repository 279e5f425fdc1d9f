"""Test pages on the pages: the link that confirms one, my own ways, and who was not heard from."""

from __future__ import annotations

from datetime import timedelta

from tests.web.house import House


def test_the_link_of_a_test_page_confirms_by_post_only(house: House) -> None:
    """Looking, as previews of links do, confirms nothing; one tap does, without signing in."""
    house.application.way_testing.try_mine(house.caller())
    (one,) = [found.test for found in house.application.way_testing.standing() if found.test]
    path = "/t/" + house.application.links.test_address(one.id, house.clock.now()).rpartition("/t/")[2]
    stranger = house.visitor(None)
    page = stranger.get(path)
    assert page.status == 200
    assert "Did this reach you, Ana Ruiz?" in page.text
    assert house.application.way_testing.get(one.id).confirmed_at is None
    assert stranger.post(path, origin="https://evil.example").status == 403
    assert house.application.way_testing.get(one.id).confirmed_at is None
    assert stranger.post(path).location == path
    assert house.application.way_testing.get(one.id).confirmed_at == house.clock.now()
    assert "Thank you, Ana Ruiz" in stranger.get(path).text
    assert stranger.get(path[:-2]).status == 403


def test_my_account_tests_my_ways_and_the_on_call_page_names_whoever_was_not_heard_from(house: House) -> None:
    """Never tested, on its way, not confirmed after a day: each is said; what was confirmed is said no more."""
    visitor, testing = house.visitor(), house.application.way_testing
    assert "never tested" in visitor.get("/account").text
    assert visitor.post("/account/test").status == 303
    assert "is on its way" in visitor.get("/account").text
    again = visitor.post("/account/test")
    assert (again.status, "look at your devices first" in again.text) == (409, True)
    testing.look()
    assert "you have not confirmed it" in visitor.get("/account").text
    assert "Test pages that were not confirmed" not in visitor.get("/oncall").text
    house.clock.move_by(timedelta(days=1, minutes=1))
    house.visitors.clear()  # the session has ended
    visitor = house.visitor()
    assert "Ana Ruiz by phone" in visitor.get("/oncall").text
    testing.confirm(next(one.test.id for one in testing.standing() if one.test))
    assert "Test pages that were not confirmed" not in visitor.get("/oncall").text
    assert "you confirmed a test page" in visitor.get("/account").text
