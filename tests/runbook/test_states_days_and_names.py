"""A state, a kind of day, or whom to settle it with holds back what destroys something, wherever it stands."""

from __future__ import annotations

from functools import cache

import pytest

from tocsin.runbook.compile import compile_runbook

HELD = [
    *("Silo full", "Belt jammed", "Trichter voll", "Tolva llena", "Disque plein", "磁盘已满", "Мельница остановлена"),
    *("On frosty days", "On a stormy night", "In bad weather", "In thick smoke", "An windigen Tagen"),
    *("Les jours de grand vent", "En días de viento", "Nei giorni di pioggia", "В ветреный день", "Yoğun siste"),
    *("風の強い日", "비 오는 날", "マルタに確認", "마르타에게 확인", "À confirmer avec Marta", "Mit Marta klären"),
    *(
        "Oven overheated",
        "Печь перегрета",
        "Les nuits d'orage",
        "En noches frías",
    ),
    *("Confirm with Marta", "Falar com o João", "Ayşe'ye sor"),
    *("Ask Marta", "Consultar a Marta", "Спросить Марту", "Zapytać Martę", "Ayşe ile görüş"),
]
FREE = [
    *("On the first day", "Every day", "Use the new script", "サーバーに確認", "Fully emptied"),
    *("Empty the full silo", "In the second terminal", "Mit dem Skript klären"),
]
PLACES = {
    "a paragraph": "{0}\n\n```bash\nrm -r /mill\n```",
    "a line with a colon": "{0}:\n\n```bash\nrm -r /mill\n```",
    "a bold line": "**{0}**\n\n```bash\nrm -r /mill\n```",
    "an item": "- {0}\n  ```bash\n  rm -r /mill\n  ```",
    "before a colon": "- {0}: `rm -r /mill`",
    "before an arrow": "- {0} → `rm -r /mill`",
    "a bracket": "- Clean up ({0}): `rm -r /mill`",
    "a bracket behind": "- `rm -r /mill` ({0})",
    "behind a dash": "- `rm -r /mill` – {0}",
    "a comment": "```bash\n# {0}\nrm -r /mill\n```",
    "a comment behind": "```bash\nrm -r /mill  # {0}\n```",
}


@cache
def _conditions(place: str) -> dict[str, str | None]:
    """The condition of the command in this place beside each text."""
    told = [
        f"### Mill {n} stands still\n\nSymptoms: no flour\n\nActions:\n\n{PLACES[place].format(text)}\n"
        for n, text in enumerate([*HELD, *FREE])
    ]
    procedures = compile_runbook("# Mill\n\n## Common incidents\n\n" + "\n".join(told)).procedures
    found = [next(one.condition for one in each.steps if one.command) for each in procedures]
    return dict(zip([*HELD, *FREE], found, strict=True))


@pytest.mark.parametrize("place", PLACES)
def test_a_case_holds_back_what_destroys_something(place: str) -> None:
    """The case is the condition, whatever mark it stands beside."""
    assert [text for text in HELD if text.casefold() not in (_conditions(place)[text] or "").casefold()] == []


@pytest.mark.parametrize("place", ["a paragraph", "a comment", "behind a dash"])
def test_what_is_no_case_holds_nothing_back(place: str) -> None:
    """A thing is nobody to ask, and a number of a day is no kind of day."""
    assert {text: said for text in FREE if (said := _conditions(place)[text])} == {}


@pytest.mark.parametrize("text", ["refused from now on", "for migrations", "frees 60 %, stops the mill"])
def test_what_a_command_does_or_is_for_is_no_case_behind_it(text: str) -> None:
    """A remark behind a command tells of it; only a state of something else is a case there."""
    (step,) = (
        compile_runbook(f"# Mill\n\n## Incident: Mill stuck\n\nFix:\n\n```bash\nrm -r /mill  # {text}\n```\n")
        .procedures[0]
        .steps
    )
    assert step.condition is None


def test_a_label_that_is_a_case_holds_what_is_below_its_sentence() -> None:
    """ "Belt jammed: look at the log, then:" is the case of the command; a label for a part is none."""
    item = "- **Silo jammed:** look at the log, then:\n  ```bash\n  rm -r /silo\n  ```\n"
    cause = "- **Cause:** silo full\n  ```bash\n  rm -r /full\n  ```\n\n"
    run = "```bash\nrm -r /belt\n# To also empty the sacks:\nrm -r /sacks\n```\n"
    bold = f"**Belt jammed:** look at the log, then:\n\n{run}"
    (one,) = compile_runbook(f"# Mill\n\n## Incident: Mill stuck\n\nFix:\n\n{item}{cause}{bold}").procedures
    assert [step.condition for step in one.steps if step.command] == [
        "Silo jammed",
        None,
        "Belt jammed",
        "To also empty the sacks; Belt jammed",
    ]


@pytest.mark.parametrize(
    "warning", ["with data loss", "mit Datenverlust", "avec perte de données", "с потерей данных", "会丢失数据"]
)
def test_a_way_that_loses_data_is_held_back(warning: str) -> None:
    """The bracket of a title for a part warns of what is below it."""
    text = f"# Mill\n\n## Incident: Mill stuck\n\nFix ({warning}):\n\n```bash\nrm -r /mill\n```\n"
    (step,) = compile_runbook(text).procedures[0].steps
    assert warning in (step.condition or "")
