"""What people do slowly or late, "Code reviews take too long", beside what fails in a system."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook

STEPS = "\n\n1. Ask the baker\n2. Write it on the board\n\n"


def incidents(text: str) -> list[str]:
    """The titles of the incidents of a document."""
    return [one.title for one in compile_runbook(text).procedures if one.kind == "incident"]


HABITS = [
    "Onboarding new hires is slow",
    "Code reviews take too long",
    "Hiring is stuck",
    "Meetings run over",
    "Einarbeitung neuer Kollegen dauert zu lange",
    "Las contrataciones están atascadas",
    "Le recrutement est lent",
    "Le riunioni sono in ritardo",
    "As reuniões estão atrasadas",
    "Найм идёт медленно",
    "新人の受け入れが遅い",
    "온보딩 지연",
    "新人入职太慢",
]


@pytest.mark.parametrize("title", HABITS)
def test_a_habit_that_is_slow_is_no_incident(title: str) -> None:
    """Beside two things that fail, what people do is none, in any language."""
    text = f"# Bakery\n\n## Oven is slow{STEPS}## {title}{STEPS}## Mixer is stuck{STEPS}"
    assert incidents(text) == ["Oven is slow", "Mixer is stuck"]


@pytest.mark.parametrize("title", ["Onboarding new hires is slow", "Einarbeitung neuer Kollegen dauert zu lange"])
def test_a_habit_with_commands_is_an_incident(title: str) -> None:
    """Where there is something to run, a system of that name is meant; where symptoms are listed as well."""
    run = "\n\n1. Look\n\n```bash\nsystemctl restart onboarding\n```\n\n"
    assert title in incidents(f"# Bakery\n\n## Oven is slow{STEPS}## {title}{run}## Mixer is stuck{STEPS}")
    within = "\n\n1. Run `systemctl restart onboarding`\n\n"
    assert title in incidents(f"# Bakery\n\n## Oven is slow{STEPS}## {title}{within}## Mixer is stuck{STEPS}")
    told = f"\n\n### Symptoms\n\n- mails queue up\n\n### Fix{STEPS}"
    assert title in incidents(f"# Bakery\n\n## Oven is slow{STEPS}## {title}{told}")


@pytest.mark.parametrize(
    "title",
    [
        "Onboarding service is slow",
        "Onboarding e-mails are late",
        "New hires cannot log in",
        "Meeting rooms offline",
        "Interview scheduler is stuck",
        "Deploys are slow",
        "Payments are slow",
        "Onboarding fails",
        "Code review bot is down",
        "招聘网站访问缓慢",
        "採用サイトの応答が遅い",
    ],
)
def test_a_system_is_one_that_is_called_after_a_habit(title: str) -> None:
    """Only where every word is of the habit and its pace it is none; what is down or fails is a system."""
    assert title in incidents(f"# Bakery\n\n## Oven is slow{STEPS}## {title}{STEPS}## Mixer is stuck{STEPS}")
