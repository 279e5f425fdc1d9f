"""Several people beside each other are called each at a time of their own, in a cell and behind a severity."""

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.playbook import Playbook, Trigger

_HEADS = {
    "de": ("Stufe", "Kriterium", "Reaktionszeit", "Eskalation"),
    "en": ("Level", "Criteria", "Response time", "Escalation"),
    "es": ("Nivel", "Criterio", "Tiempo de respuesta", "Escalamiento"),
    "fr": ("Niveau", "Critère", "Temps de réponse", "Escalade"),
    "it": ("Livello", "Criterio", "Tempo di risposta", "Escalation"),
    "ja": ("レベル", "基準", "応答時間", "エスカレーション"),
    "pt": ("Nível", "Critério", "Tempo de resposta", "Escalonamento"),
    "ru": ("Уровень", "Критерий", "Время реакции", "Эскалация"),
    "zh": ("级别", "定义", "响应时间", "升级"),
}
_TITLES = {"ja": "エスカレーション", "zh": "升级流程"}

_Called = list[tuple[tuple[str, ...], float | None]]


def _in_a_cell(language: str, cell: str) -> Playbook:
    heads = " | ".join(_HEADS[language])
    rows = f"| SEV-1 | Mill stands | 15 min | {cell} |\n| SEV-2 | One stone stands | 1 h | - |\n"
    return compile_runbook(f"# Runbook\n\n## Severity\n\n| {heads} |\n|---|---|---|---|\n{rows}")


def _in_a_list(language: str, said: str) -> Playbook:
    title = _TITLES.get(language, _HEADS[language][-1])
    return compile_runbook(f"# Runbook\n\n## {title}\n\n- SEV-1: {said}\n- SEV-2: Team lead\n")


def _called(playbook: Playbook) -> _Called:
    return [(one.targets, one.after.seconds if one.after else None) for one in playbook.escalation_levels]


@pytest.mark.parametrize(
    ("language", "cell", "called"),
    [
        ("en", "Mill lead at once, owner within 60 minutes", [("Mill lead",), ("owner",)]),
        ("en", "Mill lead (immediately), owner (1 h)", [("Mill lead",), ("owner",)]),
        ("en", "Mill lead, owner after an hour", [("Mill lead",), ("owner",)]),
        ("en", "Page the mill lead immediately and the owner within 1 hour", [("mill lead",), ("owner",)]),
        ("de", "Teamleitung sofort, Vorstand innerhalb von 60 Minuten", [("Teamleitung",), ("Vorstand",)]),
        ("de", "Teamleitung umgehend; Vorstand binnen 1 Stunde", [("Teamleitung",), ("Vorstand",)]),
        ("es", "Jefe de guardia de inmediato, comité en menos de 60 minutos", [("Jefe de guardia",), ("comité",)]),
        ("fr", "Astreinte immédiatement, direction sous 60 minutes", [("Astreinte",), ("direction",)]),
        ("it", "Reperibile subito, direttore entro 60 minuti", [("Reperibile",), ("direttore",)]),
        ("pt", "Plantonista imediatamente, diretor em até 60 minutos", [("Plantonista",), ("diretor",)]),
        ("ru", "Дежурный немедленно, директор в течение 60 минут", [("Дежурный",), ("директор",)]),
        ("ja", "担当者へ即時連絡、部長60分以内", [("担当者",), ("部長",)]),
        ("zh", "立即通知组长，60分钟内通知总监", [("组长",), ("总监",)]),
    ],
)
def test_each_of_a_cell_is_called_at_a_time_of_its_own(language: str, cell: str, called: list[tuple[str]]) -> None:
    """Who is called at once does not wait for the time of the one behind the comma."""
    assert _called(_in_a_cell(language, cell)) == [(called[0], None), (called[1], 3600)]


def test_times_of_a_cell_are_a_ladder() -> None:
    """Three names with three times are three levels, in the order of their times."""
    playbook = _in_a_cell("en", "Miller 5 min, owner 30 min, head of mills 15 min")
    assert _called(playbook) == [(("Miller",), 300), (("head of mills",), 900), (("owner",), 1800)]


def test_one_time_of_a_cell_holds_for_all_its_names() -> None:
    """Names before one bound are called together by then, and are two people."""
    assert _called(_in_a_cell("en", "Mill lead, owner within 60 min")) == [(("Mill lead", "owner"), 3600)]


def test_a_case_beside_times_is_the_condition_of_its_level() -> None:
    """Who is called in a case only is not called at the time of the one before."""
    levels = _in_a_cell(
        "en", "Mill lead at once, head of mills within 30 min, owner if flour is lost"
    ).escalation_levels
    assert [one.targets for one in levels] == [("Mill lead",), ("head of mills",), ("owner",)]
    assert (levels[2].after, levels[2].trigger, levels[2].condition) == (None, Trigger.CONDITION, "if flour is lost")


@pytest.mark.parametrize("cell", ["Immediate (< 15 min), mill lead", "15 min, mill lead + owner, #mill-room"])
def test_a_time_beside_names_is_no_second_one(cell: str) -> None:
    """A time that stands by itself between the signs is that of the whole cell."""
    assert [after for _who, after in _called(_in_a_cell("en", cell))][:1] in ([900], [None])
    assert all("min" not in who for who, _after in _called(_in_a_cell("en", cell)) for who in who)


@pytest.mark.parametrize(
    ("language", "said", "first", "second"),
    [
        ("en", "mill lead immediately, owner after 15 min", "mill lead", "owner"),
        ("de", "Bereitschaft sofort, Leitung nach 15 Min", "Bereitschaft", "Leitung"),
        ("es", "guardia de inmediato, director a los 15 min", "guardia", "director"),
        ("fr", "astreinte immédiatement, directeur sous 15 min", "astreinte", "directeur"),
        ("it", "reperibile subito, direttore dopo 15 min", "reperibile", "direttore"),
        ("pt", "plantonista imediatamente, diretor após 15 min", "plantonista", "diretor"),
        ("ru", "дежурный сразу, директор через 15 минут", "дежурный", "директор"),
        ("ja", "担当者（即時）、部長（15分後）", "担当者", "部長"),
        ("zh", "组长（立即），总监（15分钟内）", "组长", "总监"),
    ],
)
def test_an_item_of_a_severity_calls_each_at_a_time_of_its_own(
    language: str, said: str, first: str, second: str
) -> None:
    """The same behind a severity in a list below the heading of the escalation."""
    playbook = _in_a_list(language, said)
    assert _called(playbook) == [((first,), None), ((second,), 900)]
    assert [one.targets for one in playbook.escalation_by_severity["SEV-2"]] == [("Team lead",)]


@pytest.mark.parametrize("said", ["everybody", "30 minutes", "Phone call", "Failover, then look", "Restart the mill"])
def test_an_item_of_a_severity_without_somebody_calls_nobody(said: str) -> None:
    """What is no name is nobody's, also behind a severity."""
    playbook = compile_runbook(f"# Runbook\n\n## Escalation\n\n- SEV-1: {said}\n- SEV-2: {said}\n")
    assert playbook.escalation_levels == ()


def test_a_sentence_calls_the_second_within_a_time() -> None:
    """ "Within" before a time calls somebody else as "after" does."""
    said = "Page the mill lead at once and the owner within an hour."
    playbook = compile_runbook(f"# Runbook\n\n## Severity\n\n- SEV-1: mill stands\n\n## Escalation\n\n{said}\n")
    assert _called(playbook) == [(("mill lead",), None), (("owner",), 3600)]


@pytest.mark.parametrize(
    "line", ["- SEV1: Lead, then director after 1 hour", "- P0: Lead at once, director within 1 hour"]
)
def test_the_only_severity_of_a_document_is_no_part_of_a_name(line: str) -> None:
    """Nobody is called "SEV1: Lead", also where no scale says what SEV1 is."""
    levels = compile_runbook(f"# Mill\n\n## Escalation\n\n{line}\n").escalation_levels
    assert [(one.targets, one.after.seconds if one.after else 0) for one in levels] == [
        (("Lead",), 0),
        (("director",), 3600),
    ]
