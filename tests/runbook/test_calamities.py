"""Incidents whose title is what has befallen somebody, "Oven fire", "Lost laptop", told without commands."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.instructions import Procedure
from tocsin.runbook.playbook import Playbook

CALAMITIES = {
    "Oven fire": ("Pull the plug", "Call the lead"),
    "Ransomware": ("Disconnect the till", "Tell the lead"),
    "Flood in the flour store": ("Close the main valve", "Ring the plumber"),
    "Stolen phone": ("Lock the account", "Wipe the phone"),
    "Brand im Ofen": ("Stecker ziehen", "Leitung anrufen"),
    "Gestohlenes Handy": ("Konto sperren", "Leitung informieren"),
    "Incendie du four": ("Débrancher la prise", "Appeler le responsable"),
    "Robo de credenciales": ("Revocar las claves", "Avisar al responsable"),
    "Incêndio no forno": ("Desligar a tomada", "Avisar o responsável"),
    "Portatile smarrito": ("Bloccare il conto", "Avvisare il responsabile"),
    "Brand in de oven": ("Trek de stekker eruit", "Bel de leiding"),
    "Pożar pieca": ("Wyciągnij wtyczkę", "Zadzwoń do kierownika"),
    "Пожар в печи": ("Выдерните вилку", "Позвоните руководителю"),
    "Fırın yangını": ("Fişi çekin", "Sorumluyu arayın"),
    "オーブン火災": ("プラグを抜く", "責任者に電話する"),
    "오븐 화재": ("플러그를 뽑는다", "책임자에게 전화한다"),
    "烤箱起火": ("拔掉插头", "打电话给负责人"),
}


def incidents(chapters: str) -> list[Procedure]:
    text = f"# Bakery handbook\n\nWhat the night shift knows.\n\n{chapters}\n"
    return [one for one in compile_runbook(text).procedures if one.kind == "incident"]


@pytest.mark.parametrize("form", ["- {}", "- [ ] {}", "1. {}", "{}."])
@pytest.mark.parametrize("title", CALAMITIES)
def test_what_has_befallen_somebody_is_an_incident_by_its_name(title: str, form: str) -> None:
    """Nothing else stands in the document that would tell it: no commands, no symptoms, no second such chapter."""
    told = CALAMITIES[title]
    body = " ".join(f"{one}." for one in told) if form == "{}." else "\n".join(map(form.format, told))
    found = incidents(f"## {title}\n\n{body}\n")
    assert [one.title for one in found] == [title]
    assert form == "{}." or tuple(step.title for step in found[0].steps) == told


@pytest.mark.parametrize(
    "chapter",
    [
        "## Fire drill\n\n- Ring the bell\n- Count heads",
        "## Phishing training\n\n1. Book the course\n2. Send the mails",
        "## Malware scanner\n\n- Update the signatures\n- Scan the share",
        "## Alerts that fire\n\n- OvenCold\n- BeltStuck",
        "## Prevent fire\n\n- Sweep the flour\n- Check the burners",
        "## Data loss\n\n- RPO: 1 hour\n- RTO: 4 hours",
        "## Lost and found\n\n- The jackets are in the hall\n- The keys are at the desk",
        "## Power outage\n\nThe mill had two of them last year. Each took two hours.",
    ],
)
def test_what_is_done_about_it_or_told_of_it_is_none(chapter: str) -> None:
    """Drills, guards against it, and statements about it ask nobody to do something tonight."""
    assert incidents(chapter) == []


PHASES = ["Identify", "Contain", "Eradicate", "Recover", "Lessons learned"]


def phases(text: str) -> list[tuple[str, str]]:
    found: Playbook = compile_runbook(text)
    return [(one.title, one.key) for one in found.phases]


def test_the_four_phases_of_the_field_are_all_read() -> None:
    """NIST SP 800-61 and SANS call them so: none of the chapters of a plan may be lost."""
    text = "# Data breach runbook\n\n" + "".join(f"## {one}\n\n- Check the till\n- Tell the lead\n\n" for one in PHASES)
    keys = ["detection", "mitigation", "mitigation", "resolution", "post_incident"]
    assert phases(text) == list(zip(PHASES, keys, strict=True))


@pytest.mark.parametrize(
    "title", ["First ten minutes", "Die ersten zehn Minuten", "Dix premières minutes", "最初の10分"]
)
def test_the_first_minutes_are_a_phase_and_no_incident(title: str) -> None:
    """Beside incidents the chapter on what comes first is of them all."""
    text = (
        f"# Bakery incident runbook\n\n## {title}\n\n1. Answer the page\n2. Name a lead\n\n## Oven fire\n\n1. Leave\n"
    )
    assert phases(text) == [(title, "response")]
    assert [one.title for one in compile_runbook(text).procedures] == ["Oven fire"]
