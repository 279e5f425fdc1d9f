"""Whom the runbook lists: shown with what a thumb opens, and the case that a vendor gave stays with the incident."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from pathlib import Path

import pytest

from tests.web.house import ADMIN, RUNBOOK, House, Visitor, house
from tests.web.test_respond import plain
from tocsin.api.telling import Speech, whole
from tocsin.app.paging.contacts import listed_contacts
from tocsin.errors import Refused
from tocsin.incident import commands as c
from tocsin.incident import facts as f
from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import Contact, ContactChannel, ContactKind
from tocsin.runbook.stated import Lines

CONTACTS = """
## Contacts

### Internal
- **Duty Manager**: +1-555-0142 (Business hours)
- **Head of Data**: [Phone]

### External Vendors
- **Harbour Hosting Support**: 1-800-555-0199
- **Ledger Payments Support**: help@ledger.example
- **Cable Works Support**: [Support case number]
"""


@pytest.fixture
def shop(tmp_path: Path) -> House:  # type: ignore[misc]
    """A shop whose runbook lists contacts."""
    with house(tmp_path, runbook=RUNBOOK.read_text(encoding="utf-8") + CONTACTS) as one:
        yield one


def test_whom_to_call_is_under_escalate_with_a_tap_to_call(shop: House) -> None:
    """Vendors first, numbers and addresses to tap, a blank as a gap with its line; nothing that is no address."""
    shop.declare()
    page = shop.visitor().get("/i/INC-1").text
    assert 'href="tel:18005550199"' in page
    assert 'href="mailto:help@ledger.example"' in page
    assert 'href="tel:+15550142"' in page
    text = plain(page)
    assert text.index("Harbour Hosting Support") < text.index("Duty Manager")
    assert "Business hours" in text
    assert "Cable Works Support no way to reach them is written there" in text
    assert "Head of Data" not in text


def test_the_case_that_a_vendor_gave_stays_with_the_incident(shop: House) -> None:
    """Asked without a number first, with one later; whoever comes next sees it, on page, API and timeline."""
    token = shop.application.links.token("ana", shop.declare())
    holder = Visitor(shop)
    holder.get(f"/p/{token}")
    assert holder.post(f"/p/{token}/note", {"vendor": "Harbour Hosting Support"}).status == 303
    assert cases(shop)["Harbour Hosting Support"] == ""
    said = {"vendor": "Harbour Hosting Support", "case": "HH-4711", "text": "they see it too"}
    shop.visitor().get("/i/INC-1")
    assert shop.visitor().post("/i/INC-1/note", said).status == 303
    shop.application.incidents.act(ADMIN, "INC-1", c.AddNote("still waiting", vendor="Harbour Hosting Support"))
    assert cases(shop) == {
        "Harbour Hosting Support": "HH-4711",
        "Ledger Payments Support": None,
        "Cable Works Support": None,
        "Duty Manager": None,
    }
    text = plain(shop.visitor().get("/i/INC-1").text)
    assert "asked, case HH-4711" in text
    assert "Ana Ruiz noted: asked Harbour Hosting Support, case HH-4711: they see it too" in text


def cases(shop: House) -> dict[str, str | None]:
    """The case with each contact, as the API gives it."""
    view = shop.application.incidents.view(ADMIN, "INC-1")
    return {one.name: one.case for one in whole(view, "", Speech(str, lambda: UTC)).contacts}


def test_a_vendor_that_the_runbook_does_not_list_is_kept_too(shop: House) -> None:
    """Who was asked at night need not stand in the document."""
    shop.declare()
    shop.application.incidents.act(ADMIN, "INC-1", c.AddNote("", vendor="The landlord", case="7"))
    view = shop.application.incidents.view(ADMIN, "INC-1")
    (landlord,) = [one for one in listed_contacts(view.playbook, view.incident) if one.name == "The landlord"]
    assert (landlord.outside, landlord.case, landlord.cite) == (True, "7", None)


def test_a_note_without_words_and_vendor_is_refused(shop: House) -> None:
    """A case number alone belongs to nobody."""
    shop.declare()
    with pytest.raises(Refused):
        shop.application.incidents.act(ADMIN, "INC-1", c.AddNote(" ", case="7"))
    assert not [
        one for one in shop.application.incidents.view(ADMIN, "INC-1").timeline if isinstance(one.fact, f.NoteAdded)
    ]


def test_the_five_runbooks_vendors_are_all_listed(runbooks_dir: Path, shop: House) -> None:
    """E10, F14: those with a way and those whose place the text leaves blank."""
    shop.declare()
    incident = shop.application.incidents.view(ADMIN, "INC-1").incident
    found = {}
    for name in ("whats-for-dinner", "cookcam"):
        playbook = compile_runbook((runbooks_dir / f"{name}.md").read_bytes())
        found |= {one.name: [a for _, a in one.ways] for one in listed_contacts(playbook, incident) if one.outside}
    assert found == {
        "AWS Support": [],
        "Supabase Support": ["mailto:support@supabase.com"],
        "Vercel Support": [],
        "Stripe Support": ["tel:18889262289"],
        "Digital Ocean Support": [],
    }


@pytest.mark.parametrize(
    ("type", "value", "opens"),
    [
        ("phone", "+1 (800) 555-0199", "tel:+18005550199"),
        ("phone", "ask Dora", ""),
        ("email", "help@ledger.example", "mailto:help@ledger.example"),
        ("email", "help@ledger.example?bcc=all", ""),
        ("portal", "https://help.example/new", "https://help.example/new"),
        ("portal", "javascript:alert(1)", ""),
        ("other", "data:text/html,x", ""),
    ],
)
def test_only_an_address_can_be_opened(shop: House, type: str, value: str, opens: str) -> None:
    """Whatever a document says, a tap calls, writes, or opens a page of the web, and nothing else."""
    shop.declare()
    view = shop.application.incidents.view(ADMIN, "INC-1")
    contact = Contact("Desk", ContactKind.VENDOR, Lines(1, 1), (ContactChannel(type, value),))
    (listed,) = listed_contacts(replace(view.playbook, contacts=(contact,)), view.incident)
    assert listed.ways == ((value, opens),)


def test_the_ways_to_somebody_are_told_apart(tmp_path: Path) -> None:
    """What stands in several cells of a row is several words on the page, not one."""
    rows = "| Role | Name | Contact |\n|---|---|---|\n| Night baker | Ann Crumb | phone: built-in phone |\n"
    table = f"\n## Contacts\n\n{rows}"
    with house(tmp_path, runbook=RUNBOOK.read_text(encoding="utf-8") + table) as one:
        one.declare()
        page = one.visitor().get("/i/INC-1").text
    assert "<span>Ann Crumb</span>, <span>phone: built-in phone</span>" in page
