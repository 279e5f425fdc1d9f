"""Rooms that a runbook names outside of its chapters on communication, and what only looks like one."""

import pytest

from tocsin.runbook import compile as compiling

compile_runbook = compiling.compile_runbook


def _rooms(text: str) -> list[tuple[str, str]]:
    playbook = compile_runbook(f"# Mill\n\n## Wheel\n\n{text}\n")
    assert all(one.in_passing for one in playbook.channels)
    return [(one.name, one.type) for one in playbook.channels]


@pytest.mark.parametrize(
    ("text", "app"),
    [
        ("1. Stop the wheel.\n2. Post in #mill-wheel what was seen.", "slack"),
        ("- The `#mill-wheel` room hears of it.", "slack"),
        ("- Alarme gehen in den Kanal #mill-wheel.", "slack"),
        ("1. Avisar en Discord #mill-wheel.", "discord"),
        ("Mattermost `#mill-wheel` is read at night.", "mattermost"),
        ("| Alarm | Where |\n|---|---|\n| Wheel stands | pager, #mill-wheel |", "slack"),
        ("1. 状況を `#mill-wheel` に書く", "slack"),
    ],
)
def test_a_room_is_a_channel_wherever_it_is_named(text: str, app: str) -> None:
    """In code, beside a word for a channel or for telling, or in a cell; with the app that is named beside it."""
    assert _rooms(text) == [("#mill-wheel", app)]


@pytest.mark.parametrize(
    "text",
    [
        "Tagged as #phase/1 and written on Mondays.",
        "The lamp turns `#ff0000` then.",
        "Post in #mill-YYYYMMDD what was seen.",
        "Post in #mill-{date} what was seen.",
        "Post in `#mill-<topic>` what was seen.",
        "See [the wheel](#wheel) and tell the channel.",
        "As said in #42, tell the channel.",
        "The line begins with #include and ends.",
    ],
)
def test_what_only_looks_like_a_room_is_none(text: str) -> None:
    """Tags, colours, numbers of tickets, anchors, and the names of rooms that are opened for one incident."""
    assert _rooms(text) == []


def test_a_room_named_in_passing_is_no_reading() -> None:
    """A block that nothing else was read from stays kept as text although it names a room."""
    text = "# Mill\n\n## Wheel\n\nMara must be called by whoever sees it, in the `#mill` room.\n"
    playbook = compile_runbook(text)
    assert [one.name for one in playbook.channels] == ["#mill"]
    assert all(block.became != "channel" for block in playbook.blocks)
