"""The same people to be contacted in every layout and language."""

from __future__ import annotations

import pytest

from tests.runbook.contact_layouts import LANGUAGES, LAYOUTS, document
from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.escalation.people.names import is_somebody
from tocsin.runbook.playbook import ContactKind


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_people_are_listed_in_every_layout(language: str, layout: str) -> None:
    """Three contacts in their order, each by role or name, with every address that the text gives."""
    told = LANGUAGES[language]
    for chapter in told.chapters:
        text = document(told, layout, chapter)
        contacts = compile_runbook(text.encode(), path="runbook.md").contacts
        assert len(contacts) == len(told.people), chapter
        for person, contact in zip(told.people, contacts, strict=True):
            assert any(word in f"{contact.name} {contact.purpose}" for word in (person.role, person.name))
            reached = {channel.value for channel in contact.channels}
            given = {way for way in (person.phone, person.mail, person.chat) if way in text}
            assert given <= reached
            assert contact.unfilled == (not given)


def test_a_list_of_fields_is_one_contact_and_a_label_of_one_is_nobody() -> None:
    """ "Phone: …" below a heading is of whoever the heading names."""
    text = "# Mill\n\n## Contacts\n\n### Duty desk\n\n- Phone: 555 0142\n- Email: desk@mill.test\n- Hours: all day\n"
    found = compile_runbook(text.encode(), path="runbook.md").contacts
    assert [one.name for one in found] == ["Duty desk"]


@pytest.mark.parametrize(
    "line", ["Grafana, sieve board, https://grafana.mill.test", "Read the log, then call", "2026-04-02, reviewed, Ada"]
)
def test_a_line_of_pieces_without_an_address_of_somebody_lists_nobody(line: str) -> None:
    """A dashboard, a step and a date among contacts are not called."""
    text = f"# Mill\n\n## Contacts\n\n- Duty desk: 555 0142\n- {line}\n"
    found = compile_runbook(text.encode(), path="runbook.md").contacts
    assert [one.name for one in found] == ["Duty desk"]


ROLES = {
    "en": "Sysadmin; DPO; Legal counsel; Maintainer; Head of operations; Duty manager",
    "de": "Datenschutzbeauftragte; Systemadministratorin; Pressesprecher; Kundenbetreuerin; Netzwerktechniker",
    "es": "Delegada de protección de datos; Dueño de producto; Ingeniera de guardia; Jefa de turno",
    "fr": "RSSI; Délégué à la protection des données; Chef de projet; Développeuse",
    "pt": "Encarregado de dados; Administrador de sistemas; Engenheira de plantão; Sócio",
    "it": "Tecnico reperibile; Responsabile della sicurezza; Coordinatore",
    "ru": "Специалист по безопасности; Аналитик; Начальник отдела; Владелец продукта",
    "ja": "情報システム部; 広報担当; 当直; 事業責任者",
    "zh": "应急指挥; 值班经理; 安全负责人; 部门主管",
}


@pytest.mark.parametrize("language", ROLES)
def test_whoever_may_be_called_is_known_by_the_word_for_it(language: str) -> None:
    """A word for somebody, in every form that names a woman or a man, alone or at the end of a longer one."""
    assert [role for role in ROLES[language].split("; ") if not is_somebody(role)] == []


@pytest.mark.parametrize("heading", ["External", "Externe", "Externos", "Внешние", "外部", "Esterne"])
def test_a_heading_below_the_contacts_sets_other_firms_apart(heading: str) -> None:
    """Those listed below "External" are vendors, whatever they are called; those above it are ours."""
    text = (
        "# Mill runbook\n\n## Emergency contacts\n\n### Internal\n\n| Role | Contact |\n|---|---|\n"
        f"| Head miller | +44 20 5550 0101 |\n\n### {heading}\n\n| Service | Contact |\n|---|---|\n"
        "| Sackworks | help@sackworks.example |\n"
    )
    kinds = {one.name: one.kind for one in compile_runbook(text.encode()).contacts}
    assert kinds == {"Head miller": ContactKind.ROLE, "Sackworks": ContactKind.VENDOR}
