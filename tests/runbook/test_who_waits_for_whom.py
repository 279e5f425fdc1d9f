"""Which of two chains holds, whom a window counts from, what a grid of tiers promises, and what is no contact."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import EscalationLevel, Playbook


def _read(*lines: str) -> Playbook:
    return compile_runbook("\n".join(lines))


def _who(levels: tuple[EscalationLevel, ...]) -> list[tuple[str, int | None]]:
    return [("+".join(one.targets), one.after.seconds if one.after else None) for one in levels]


@pytest.mark.parametrize("mark", [" → ", ": "])
@pytest.mark.parametrize(
    "said",
    [
        "call Ida. If Ida does not respond in 10 min, page Jon. If Jon does not respond in 10 min, page Kim.",
        "llamar a Ida. Si Ida no responde en 10 min, escalar a Jon. Si Jon no responde en 10 min, escalar a Kim.",
        "ligar para Ida. Se Ida não responde em 10 min, acionar Jon. Se Jon não responde em 10 min, acionar Kim.",
        "appeler Ida. Si Ida ne répond pas sous 10 min, appeler Jon. Si Jon ne répond pas sous 10 min, appeler Kim.",
        "chiamare Ida. Se Ida non risponde entro 10 min, chiamare Jon. Se Jon non risponde entro 10 min, chiamare Kim.",
    ],
)
def test_rules_with_times_hold_before_a_column_of_names(mark: str, said: str) -> None:
    """Of two chains of one severity the one with times holds, and a second wait begins after the first."""
    playbook = _read(
        "# Loom",
        "## Severity",
        "| Severity | Definition | Response | Escalation |",
        "|---|---|---|---|",
        "| SEV1 | Loom stands | 5 min | Jon + Ida + Lea |",
        "| SEV2 | Thread tears | 1 hour | Ida |",
        "### Escalation rules",
        f"- **SEV1**{mark}{said}",
        "- **SEV2**: call Ida.",
    )
    assert _who(playbook.escalation_levels) == [("Ida", None), ("Jon", 600), ("Kim", 1200)]
    assert _who(playbook.escalation_by_severity["SEV2"]) == [("Ida", None)]


@pytest.mark.parametrize(
    "limits",
    [
        ("L1 cannot solve it in 20 minutes", "L2 cannot solve it in 1 hour"),
        ("L1 não consegue resolver em 20 minutos", "L2 não consegue resolver em 1 hora"),
        ("N1 no puede resolver en 20 minutos", "N2 no puede resolver en 1 hora"),
    ],
)
def test_a_tier_that_gives_up_hands_on_after_its_own_time(limits: tuple[str, str]) -> None:
    """ "L2 cannot solve it in an hour" calls the third tier when the first one and the second have had their time."""
    playbook = _read(
        "# Support levels",
        "### L1 - Weavers",
        "- Looks first",
        "### L2 - Menders",
        "- Mends looms",
        "### L3 - Builders",
        "- Builds looms",
        "## Escalation criteria",
        "**Escalate to L2 if:**",
        f"- {limits[0]}",
        "**Escalate to L3 if:**",
        f"- {limits[1]}",
    )
    assert _who(playbook.escalation_levels) == [("Weavers", None), ("Menders", 1200), ("Builders", 4800)]


@pytest.mark.parametrize(
    ("response", "resolution"),
    [
        ("1. Response time", "2. Resolution time"),
        ("1. Tempo de Resposta", "2. Tempo de Resolução"),
        ("1. Temps de réponse", "2. Temps de résolution"),
    ],
)
def test_a_grid_of_tiers_promises_what_its_heading_says(response: str, resolution: str) -> None:
    """Tiers by severities: the first tier's times are the response, or the resolution, and call nobody."""
    head = ("| Level | Critical | High | Low |", "|---|---|---|---|")
    playbook = _read(
        "# Targets",
        f"## {response}",
        *head,
        "| L1 | 10 min | 30 min | 4 h |",
        "| L2 | 1 h | 2 h | 8 h |",
        f"## {resolution}",
        *head,
        "| L1 | 1 h | 4 h | 48 h |",
        "| L2 | 3 h | 8 h | 72 h |",
    )
    answered = [one.response_target.seconds if one.response_target else None for one in playbook.severities]
    resolved = [one.resolution_target.seconds if one.resolution_target else None for one in playbook.severities]
    assert answered == [600, 1800, 14_400]
    assert resolved == [3600, 14_400, 172_800]
    assert not playbook.escalation_levels


def test_where_to_look_is_no_contact() -> None:
    """ "Logs: dashboard of the mill" names nobody."""
    playbook = _read("# Loom", "## Contacts", "- Logs: dashboard of the mill", "- Mending: team of Jon")
    assert [one.name for one in playbook.contacts] == ["Mending"]


def test_a_rhythm_in_the_bracket_of_a_heading_may_have_another_occasion_beside_it() -> None:
    """ "Update template (every 30 min, or on a change)" says how often updates are due."""
    playbook = _read(
        "# Loom", "## Messages", "### Update template (every 30 min, or on a change)", "```", "[state]", "```"
    )
    assert [one.every.seconds for one in playbook.cadences] == [1800]
