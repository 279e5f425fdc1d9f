"""Ways to choose from that no word counts: below "Quick fixes", with letters in brackets, the same on two platforms."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.procedure.course import course_of

TITLES = ("Restart the oven", "Roll back the recipe", "Light more ovens")
COMMANDS = ("systemctl restart oven", "kubectl rollout undo deploy/recipe", "kubectl scale deploy/oven --replicas=5")
HEAD = "# Ovens\n\n## Common incidents\n\n### Oven cold\n\n**Symptoms**: cold bread\n\n"


def _each(form: str, titles: Sequence[str] = TITLES) -> str:
    return "".join(form.format(title, command) for title, command in zip(titles, COMMANDS, strict=False))


FENCE = "```bash\n{1}\n```\n\n"
LAYOUTS: dict[str, Callable[[str], str]] = {
    "lines in bold below a heading": lambda lead: f"#### {lead}\n\n" + _each("**{0}**\n\n" + FENCE),
    "headings below a heading": lambda lead: f"#### {lead}\n\n" + _each("##### {0}\n\n" + FENCE),
    "items below a line in bold": lambda lead: f"**{lead}:**\n\n" + _each("- {0}: `{1}`\n"),
    "items below a line": lambda lead: f"{lead}:\n\n" + _each("- {0}: `{1}`\n"),
    "comments below a heading": lambda lead: f"#### {lead}\n\n```bash\n" + _each("# {0}\n{1}\n\n") + "```\n",
}
LEADS = (
    *("Quick fixes", "Mitigation options", "Possible fixes", "Options", "Choose the appropriate fix", "Workarounds"),
    *(
        "Opciones de mitigación",
        "Opções de solução",
        "Solutions possibles",
        "Mögliche Maßnahmen",
        "Possibili soluzioni",
    ),
    *("対処方法の選択肢", "可选方案", "Варианты решения", "가능한 조치", "Mogelijke oplossingen", "Możliwe działania"),
    "Olası çözümler",
)


def _ways(text: str) -> list[list[str]]:
    """The commands of each way of the only choice, "[]" where there is none."""
    (procedure,) = compile_runbook(text).procedures
    commands = {step.id: step.command.text for step in procedure.steps if step.command}
    forks = course_of(procedure.steps).forks
    return [[commands[one] for one in way.steps if one in commands] for fork in forks for way in fork.ways]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("lead", LEADS)
def test_below_a_title_that_offers_a_choice_each_is_a_way(lead: str, layout: str) -> None:
    """Nobody restarts, rolls back and scales one after the other because all three may help."""
    assert _ways(HEAD + LAYOUTS[layout](lead)) == [[one] for one in COMMANDS]


def test_a_way_holds_all_that_stands_below_its_title_and_a_check_is_of_all() -> None:
    """What verifies is done after whichever way was taken."""
    text = (
        f"{HEAD}#### Quick fixes\n\n##### Restart the oven\n\n1. `make stop`\n2. `make start`\n\n"
        "##### Light more ovens\n\n1. `make more`\n\n##### Verification\n\n1. `curl -f http://oven.example/health`\n"
    )
    assert _ways(text) == [["make stop", "make start"], ["make more"]]


@pytest.mark.parametrize("form", ["#### {0}\n\n" + FENCE, "**{0}**\n\n" + FENCE, "{0}:\n\n" + FENCE])
@pytest.mark.parametrize(
    "titles",
    [
        ("A) Restart", "B) Go back"),
        ("(a) Restart", "(b) Go back"),
        ("Option one", "Option two"),
        ("Opción uno", "Opción dos"),
        ("Method two", "Method three"),
        ("Способ первый", "Способ второй"),
        ("Restart with systemd", "Restart with Kubernetes"),
        ("systemd rollback", "Kubernetes rollback"),
        ("Rollback via Helm", "Rollback via kubectl"),
    ],
    ids=lambda titles: titles[0],
)
def test_letters_numbers_in_words_and_platforms_name_ways(titles: tuple[str, str], form: str) -> None:
    """The same deed on two platforms is done on the one that is there."""
    assert _ways(HEAD + _each(form, titles)) == [[one] for one in COMMANDS[:2]]


@pytest.mark.parametrize(
    "titles",
    [
        ("Restart the oven", "Light more ovens"),
        ("Short-term fix", "Long-term fix"),
        ("Look at Helm", "Restart with systemd"),
        ("B) Restart", "C) Go back"),
        ("1. Restart", "2. Go back"),
    ],
    ids=lambda titles: titles[0],
)
def test_other_titles_beside_each_other_are_one_after_the_other(titles: tuple[str, str]) -> None:
    """What stands below each other without a word of choice is done in that order."""
    assert _ways(f"{HEAD}**Fix**:\n\n" + _each("**{0}**\n\n" + FENCE, titles)) == []


def test_letters_in_brackets_name_ways_in_lines_between_blocks() -> None:
    """Lines that are neither bold nor end in a colon lead to the block below them as well."""
    body = "".join(
        f"({letter}) {title}\n\n```bash\n{command}\n```\n\n"
        for letter, title, command in zip("abc", TITLES, COMMANDS, strict=True)
    )
    assert _ways(f"{HEAD}**Fix**:\n\n{body}") == [[one] for one in COMMANDS]
