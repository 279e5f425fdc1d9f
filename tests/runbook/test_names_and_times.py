"""Ladders as lists of a name and a time, as columns, in the passive; parts of a procedure with a word beside them."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.instructions import ProcedureKind
from tocsin.runbook.playbook import EscalationLevel, Playbook


def _read(*lines: str) -> Playbook:
    return compile_runbook("\n".join(lines))


def _who(levels: tuple[EscalationLevel, ...]) -> list[tuple[str, int | None]]:
    return [("+".join(one.targets), one.after.seconds if one.after else None) for one in levels]


@pytest.mark.parametrize(
    ("title", "items", "expected"),
    [
        (
            "Escalation",
            ["- On-call baker (immediately)", "- Head baker (10 min)", "- Owner (40 min)"],
            ["On-call baker", "Head baker", "Owner"],
        ),
        (
            "Escalation",
            ["1. The duty baker", "2. After 10 min, the head baker", "3. After 40 min, the owner"],
            ["duty baker", "head baker", "owner"],
        ),
        (
            "Escalation",
            [
                "- Tier 1: duty baker, immediately",
                "- Tier 2: head baker, after 10 min",
                "- Tier 3: owner, after 40 min",
            ],
            ["duty baker", "head baker", "owner"],
        ),
        (
            "Escalonamento",
            ["- Plantonista (na hora)", "- Coordenadora (10 min)", "- Diretora (40 min)"],
            ["Plantonista", "Coordenadora", "Diretora"],
        ),
        (
            "Escalonamento",
            ["1. Plantonista — imediato", "2. Após dez minutos: coordenadora", "3. Após quarenta minutos: diretora"],
            ["Plantonista", "coordenadora", "diretora"],
        ),
        (
            "Escalade",
            ["1. L'astreinte", "2. Après 10 min, la responsable", "3. Au bout de 40 min, la directrice"],
            ["astreinte", "responsable", "directrice"],
        ),
        (
            "Escalade",
            ["**Palier 1** : astreinte", "", "**Palier 2** : chef (10 min)", "", "**Palier 3** : directrice (40 min)"],
            ["astreinte", "chef", "directrice"],
        ),
        (
            "Escalado",
            ["1. Técnica de guardia", "2. A los 10 minutos: jefa de turno", "3. A los 40 minutos: directora"],
            ["Técnica de guardia", "jefa de turno", "directora"],
        ),
        (
            "Escalation",
            ["- Tecnico reperibile (subito)", "- Capo turno (10 min)", "- Direttrice (40 min)"],
            ["Tecnico reperibile", "Capo turno", "Direttrice"],
        ),
    ],
)
def test_a_name_and_a_time_are_a_level_whichever_comes_first(title: str, items: list[str], expected: list[str]) -> None:
    """Nobody is called "After 10 min, the head baker", and the first one is not lost."""
    playbook = _read(f"# {title}", "", *items)
    assert _who(playbook.escalation_levels) == list(zip(expected, [None, 600, 2400], strict=True))


@pytest.mark.parametrize(
    "items",
    [
        ["- Restart the oven (10 min)", "- Clean the filter (40 min)"],
        ["- Owner (40 min)", "- Head baker (10 min)"],
        ["- Oven is cold (10 min)", "- Bread is back (40 min)"],
    ],
)
def test_a_list_of_chores_with_times_calls_nobody(items: list[str]) -> None:
    """How long a chore takes is no order of calling, nor are times that go back."""
    assert not _read("# Escalation", "", *items).escalation_levels


@pytest.mark.parametrize(
    ("heads", "who", "when"),
    [
        (
            "| | Level 1 | Level 2 | Level 3 |",
            "| Who | Baker | Head baker | Owner |",
            "| When | Now | 10 min | 40 min |",
        ),
        (
            "| | Nivel 1 | Nivel 2 | Nivel 3 |",
            "| Quién | Baker | Head baker | Owner |",
            "| Cuándo | Inmediato | 10 min | 40 min |",
        ),
        (
            "| | N1 | N2 | N3 |",
            "| Quem | Baker | Head baker | Owner |",
            "| Prazo | Imediato | 10 min | 40 min |",
        ),
        (
            "| | Niveau 1 | Niveau 2 | Niveau 3 |",
            "| Qui | Baker | Head baker | Owner |",
            "| Délai | Immédiat | 10 min | 40 min |",
        ),
        (
            "| | Livello 1 | Livello 2 | Livello 3 |",
            "| Chi | Baker | Head baker | Owner |",
            "| Quando | Subito | Dopo 10 min | Dopo 40 min |",
        ),
        ("| L1 | L2 | L3 |", "| Baker | Head baker | Owner |", "| Immediately | 10 min | 40 min |"),
    ],
)
def test_a_ladder_may_have_a_column_for_each_level(heads: str, who: str, when: str) -> None:
    """Levels as columns, with rows of who and when; without titles the first row names them."""
    playbook = _read("# Escalation", "", heads, "|---" * heads.count(" | ") + "|---|", who, when)
    assert _who(playbook.escalation_levels) == [("Baker", None), ("Head baker", 600), ("Owner", 2400)]


@pytest.mark.parametrize(
    ("title", "sentences", "expected"),
    [
        (
            "Escalation",
            ["Viene avvisato il capo turno subito.", "Dopo 10 minuti viene avvisata la direttrice."],
            ["capo turno", "direttrice"],
        ),
        (
            "Escalonamento",
            ["É acionado o plantonista imediatamente.", "Após 10 minutos é avisada a diretora."],
            ["plantonista", "diretora"],
        ),
        (
            "Escalado",
            ["Se avisa al técnico de guardia de inmediato.", "A los 10 minutos se avisa a la directora."],
            ["técnico de guardia", "directora"],
        ),
        (
            "Escalade",
            ["On appelle la technicienne d'astreinte.", "Au bout de 10 minutes, on prévient la directrice."],
            ["technicienne d'astreinte", "directrice"],
        ),
    ],
)
def test_the_name_may_stand_behind_the_passive(title: str, sentences: list[str], expected: list[str]) -> None:
    """Romance languages put whom one calls last: "Viene avvisato il capo turno"."""
    playbook = _read(f"# {title}", "", *(f"- {one}" for one in sentences))
    assert _who(playbook.escalation_levels) == list(zip(expected, [None, 600], strict=True))


@pytest.mark.parametrize(
    ("before", "thing", "somebody", "done"),
    [
        ("page the lead.", "The standby generator is", "The plan owner is", "engaged after 20 minutes."),
        ("llamar al jefe.", "El plan de contingencia queda", "El jefe del plan queda", "activado a los 20 minutos."),
        ("appeler le chef.", "Le site de secours est", "Le responsable du plan est", "mobilisé après 20 minutes."),
        ("chiamare il capo.", "Il generatore viene", "Il capo del piano viene", "coinvolto dopo 20 minuti."),
        ("ligar para o gerente.", "O gerador é", "O gerente do plano é", "acionado após 20 minutos."),
        ("den Leiter anrufen.", "Der Notfallplan wird", "Der Leiter Notfallplan wird", "nach 20 Minuten einbezogen."),
    ],
)
def test_what_is_set_going_is_not_called(before: str, thing: str, somebody: str, done: str) -> None:
    """A plan, an alarm and a generator are engaged, and answer no call; whoever has one in the title does."""
    called = [
        _read("# Escalation", "", f"10 min: {before}", f"{who} {done}").escalation_levels for who in (thing, somebody)
    ]
    assert [len(levels) for levels in called] == [1, 2]
    assert called[1][1].after is not None
    assert called[1][1].after.seconds == 1200


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("Inmediato a la directora", "directora"),
        ("Immediately to the owner", "owner"),
        ("Imediato ao dono", "dono"),
    ],
)
def test_a_small_word_behind_at_once_is_no_name(cell: str, expected: str) -> None:
    """ "Inmediato a la directora" calls the director, not "a la directora"."""
    playbook = _read(
        "# Severity",
        "| Severity | Definition | Response | Escalation |",
        "|---|---|---|---|",
        f"| P1 | Oven cold | 10 min | {cell} |",
        "| P2 | Bread late | 1 hour | Head baker |",
        "| P3 | Crumbs | 1 day | Nobody in particular |",
    )
    assert _who(playbook.escalation_levels) == [(expected, None)]
    assert "P3" not in playbook.escalation_by_severity


@pytest.mark.parametrize(
    ("symptoms", "remedy"),
    [
        ("Typical symptoms", "Quick mitigation"),
        ("Síntomas típicos", "Mitigación rápida"),
        ("Sintomas comuns", "Ação recomendada"),
        ("Symptômes observés", "Actions rapides"),
        ("Sintomi tipici", "Soluzione rapida"),
        ("Typische Symptome", "Empfohlene Maßnahmen"),
        ("Qué ve el usuario", "Cómo solucionarlo"),
        ("Ce que voit l'utilisateur", "Comment corriger"),
        ("Cosa vede l'utente", "Come risolvere"),
        ("O que o usuário vê", "Como corrigir"),
    ],
)
def test_a_part_is_known_with_a_word_beside_it(symptoms: str, remedy: str) -> None:
    """ "Typical symptoms" are symptoms, in every language."""
    playbook = _read(
        "# Kiln",
        "## Services",
        "### Kiln control",
        "",
        f"**{symptoms}:** the kiln is cold",
        "",
        f"**{remedy}:**",
        "```bash",
        "systemctl restart kiln",
        "```",
    )
    (found,) = playbook.procedures
    assert found.kind is ProcedureKind.INCIDENT
    assert [one.text for one in found.symptoms] == ["the kiln is cold"]


def test_at_once_is_no_word_beside_a_part() -> None:
    """ "Detection: Immediate" is a promise of a level and no symptom."""
    playbook = _read(
        "# Levels",
        "## SEV1",
        "Kiln cold.",
        "",
        "**Response time:**",
        "- Detection: Immediate",
        "- Acknowledge: 5 minutes",
    )
    (level,) = playbook.severities
    assert level.acknowledge_target is not None
    assert level.acknowledge_target.seconds == 300
