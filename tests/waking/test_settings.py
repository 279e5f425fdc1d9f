"""What `tocsin.toml` has to say before anybody can be woken, and the words when something is missing."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tests.waking.house import SETTINGS
from tocsin.errors import BadSettings
from tocsin.settings.loading import Settings, settings_of

SMS = '[[people.ana.ways]]\nkind = "sms"\naddress = "+4915112345678"'
TWILIO = '\n[twilio]\naccount = "AC1"\ntoken = { env = "T" }\nnumber = "+15005550006"\n'


def read(ways: str, more: str = "", url: str = "https://tocsin.example.com") -> Settings:
    """The settings of a file; every secret is there."""
    filled = SETTINGS.format(url=url, ways=ways, outlets="", server="", bo='kind = "phone"')
    document = tomllib.loads(filled + more)
    environ = dict.fromkeys("TUV", "a-secret")
    return settings_of(document, Path("tocsin.toml"), environ=environ, flags={})


def refused(ways: str, more: str = "", url: str = "https://tocsin.example.com") -> str:
    """Why a file is refused."""
    with pytest.raises(BadSettings) as wrong:
        read(ways, more, url)
    return str(wrong.value)


def test_sms_without_an_account_says_what_to_fill_in() -> None:
    """A way that could never wake anybody is a problem when the file is read, not at 3 a.m."""
    assert "SMS and calls go through Twilio: fill in [twilio]" in refused(SMS)


@pytest.mark.parametrize("number", ["0151 12345678", "+49", "+49151abc", "tel:+4915112345678", ""])
def test_a_number_needs_its_country_and_nothing_else(number: str) -> None:
    """Twilio would refuse it, at night."""
    assert "like +4915112345678" in refused(SMS.replace("+4915112345678", number or "x"), TWILIO)


def test_an_account_that_lacks_something_names_it() -> None:
    """Each missing part is named with where to find it."""
    assert "twilio.account: is missing" in refused("", '\n[twilio]\nnumber = "+15005550006"\n')
    assert "twilio.number: must be the number you have" in refused(
        "", '\n[twilio]\naccount = "AC1"\ntoken = { env = "T" }\n'
    )
    assert "twilio.token: is missing" in refused("", '\n[twilio]\naccount = "AC1"\nnumber = "+15005550006"\n')


def test_twilio_is_two_way_where_it_can_reach_us() -> None:
    """An https address makes it two ways; without one it is one way unless the team says that it is reached."""
    assert read(SMS, TWILIO).twilio.callbacks == "https://tocsin.example.com"
    assert read(SMS, TWILIO, "http://10.0.0.8:8080").twilio.callbacks == ""
    assert read(SMS, TWILIO + "two_way = true\n", "http://10.0.0.8:8080").twilio.callbacks == "http://10.0.0.8:8080"
    assert read(SMS, TWILIO + "two_way = false\n").twilio.callbacks == ""
