"""What small teams write in their own languages: whom they call by a dash, how grave it is in bold, whom they tell."""

from __future__ import annotations

import pytest

from tests.runbook.asked import codes, commands
from tocsin.runbook.channels import channels_in
from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.durations import every, target
from tocsin.runbook.escalation.sentences.calling import called_in
from tocsin.runbook.playbook import Playbook


def _read(*lines: str) -> Playbook:
    return compile_runbook("\n".join(lines))


@pytest.mark.parametrize(
    ("title", "items", "called"),
    [
        (
            "Кому звоним",
            ("- сразу — дежурный мельник", "- через 10 минут без ответа — второй дежурный", "- через час — директор"),
            [("дежурный мельник", 0), ("второй дежурный", 600), ("директор", 3600)],
        ),
        (
            "Chi si chiama",
            (
                "1. Il reperibile di turno.",
                "2. Se dopo 15 minuti non risponde nessuno: Bruno Farina",
                "3. Passati 45 minuti senza soluzione: Ada Macina, che decide se avvisare i forni",
            ),
            [("reperibile di turno", 0), ("Bruno Farina", 900), ("Ada Macina", 2700)],
        ),
        (
            "Who is called",
            ("- at once — the on-call miller", "- after an hour: Ann Crumb, who decides whether to call the shops"),
            [("on-call miller", 0), ("Ann Crumb", 3600)],
        ),
    ],
)
def test_a_ladder_of_times_and_dashes_calls_each(
    title: str, items: tuple[str, ...], called: list[tuple[str, int]]
) -> None:
    """A dash behind a time is as good as a colon, and whoever decides something then is called then."""
    levels = _read("# Mill", f"## {title}", *items).escalation_levels
    assert [(*one.targets, (one.after.seconds or 0) if one.after else 0) for one in levels] == called


def test_a_row_of_two_severities_holds_for_both() -> None:
    """ "P3-P4" in the first cell: nobody is left out."""
    scale = "| Level | Definition | Response |\n|---|---|---|\n" + "".join(
        f"| P{n} | Mill {n} stands | {n}0 min |\n" for n in range(1, 5)
    )
    rows = "| Level | Who is notified? |\n|---|---|\n| P1 | Owner |\n| P2 | Head miller |\n| P3-P4 | On-call miller |\n"
    playbook = _read("# Mill", "## Severity levels", "", scale, "## Escalation", "", rows)
    assert [playbook.escalation_by_severity[name][0].targets for name in ("P3", "P4")] == [("On-call miller",)] * 2


def test_chores_in_bold_with_a_picture_call_nobody() -> None:
    """Below "Escalation" of one incident, what is to be done is no level."""
    chores = ("1. **🎫 Open an urgent ticket**", "2. **📝 Document it in the log**", "3. **👥 Head miller**")
    playbook = _read("# Mill", "## Incident: stones stand", "### Escalation", *chores)
    assert [one.targets for one in playbook.escalation_levels] == [("Head miller",)]


@pytest.mark.parametrize(
    ("title", "lines", "promised"),
    [
        (
            "Come classifichiamo un guasto",
            (
                "**Bloccante** – le macine stanno ferme. Si risponde entro 10 minuti, ripristinato entro 2 ore.",
                "",
                "**Lieve** – polvere sul banco.",
            ),
            [("Bloccante", 600, ("le macine stanno ferme",)), ("Lieve", None, ("polvere sul banco.",))],
        ),
        (
            "Cómo clasificamos una avería",
            ("**Crítica** – el molino no gira. Se responde en 10 minutos.", "", "**Leve** – polvo en el banco."),
            [("Crítica", 600, ("el molino no gira",)), ("Leve", None, ("polvo en el banco.",))],
        ),
        (
            "Severity levels",
            ("**Critical** – the mill stands. We answer within 10 minutes.", "", "**Minor** – dust on the bench."),
            [("Critical", 600, ("the mill stands",)), ("Minor", None, ("dust on the bench.",))],
        ),
    ],
)
def test_levels_in_bold_at_the_beginning_of_paragraphs(
    title: str, lines: tuple[str, ...], promised: list[tuple[str, int | None, tuple[str, ...]]]
) -> None:
    """A word for a severity in bold, and behind a dash what it means and promises."""
    levels = _read("# Mill", f"## {title}", "", *lines).severities
    assert [
        (one.name, one.response_target and one.response_target.seconds, tuple(map(str, one.criteria))) for one in levels
    ] == promised


def test_examples_of_each_level_are_its_criteria_as_well() -> None:
    """Below a heading of its own, behind the table that defines the levels."""
    table = "| Level | Description | Response |\n|---|---|---|\n| P1 | Mill stands | 5 min |\n| P2 | Dust | 1 h |\n"
    told = ("**P1**", "- no flour at all", "", "**P2**", "- grey flour")
    playbook = _read("# Mill", "## Severity", "### Levels", "", table, "### Examples by level", "", *told)
    assert [tuple(map(str, one.criteria)) for one in playbook.severities] == [
        ("Mill stands", "no flour at all"),
        ("Dust", "grey flour"),
    ]


def test_deadlines_below_the_review_are_those_of_the_review() -> None:
    """A column "Deadline" there contradicts no response, and a mail at once is no rhythm."""
    table = "| Level | Description | Response |\n|---|---|---|\n| P1 | Mill stands | 5 min |\n| P2 | Dust | 1 h |\n"
    told = "| Level | Communication |\n|---|---|\n| P1 | Mail at once + status page |\n| P2 | Page + mail if > 1 h |\n"
    due = "| Level | Needed | Deadline |\n|---|---|---|\n| P1 | yes | 72 h |\n| P2 | yes | 1 week |\n"
    chapters = ("## Severity", "", table, "## Outside", "", told, "## Post-mortem", "### Deadlines", "", due)
    playbook = _read("# Mill", *chapters)
    assert playbook.postmortem is not None
    assert playbook.postmortem.due is not None
    assert (playbook.postmortem.due.seconds, playbook.cadences, codes(playbook) & {"TOC402"}) == (259_200, (), set())


@pytest.mark.parametrize(
    ("title", "items"),
    [
        ("Review", ("Review this runbook quarterly.", "Hold a drill once a quarter.")),
        ("Revisão", ("Revisar este guia trimestralmente.", "Fazer um simulado pelo menos 1 vez por trimestre.")),
    ],
)
def test_what_is_reviewed_each_quarter_is_the_document(title: str, items: tuple[str, ...]) -> None:
    """No part of a post-mortem: nothing of it follows an incident."""
    playbook = _read("# Mill", f"## {title}", *(f"- {one}" for one in items))
    assert (playbook.postmortem, [one.every for one in playbook.duties]) == (None, ["quarterly", "quarterly"])


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("Avvisi ai forni", "Ogni 30 minuti finché il mulino è fermo."),
        ("Communication", "Every 30 minutes until the mill turns."),
        ("Meldungen an Bäcker", "Alle 30 Minuten, bis die Mühle läuft."),
    ],
)
def test_a_line_that_begins_with_a_rhythm_says_how_often_people_are_told(title: str, said: str) -> None:
    """In a chapter on telling them, without a word for it."""
    assert [one.every.seconds for one in _read("# Mill", f"## {title}", "", said).cadences] == [1800]


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("через час", 60),
        ("не позднее двух суток", 2880),
        ("po godzinie", 60),
        ("dopo un quarto d'ora", 15),
        ("nach einer Viertelstunde", 15),
        ("binnen het uur", 60),
    ],
)
def test_a_length_without_a_number(text: str, minutes: int) -> None:
    """The unit alone, and a quarter of an hour."""
    found = target(text)
    assert found is not None
    assert found.seconds == minutes * 60


@pytest.mark.parametrize("text", ["ext. 2001", "ramal 214", "Durchwahl 31", "доб. 405", "内線 1234"])
def test_a_number_in_the_house_is_a_telephone(text: str) -> None:
    """Behind the word for it in any language; "ext 5 errors" is none."""
    assert [one.type for one in channels_in(text)] == ["phone"]
    assert not list(channels_in(f"{text} errors"))


def test_advice_in_bold_is_no_contact() -> None:
    """Neither below the contacts, whose lines may begin with a picture."""
    block = ("```", "🏢 Shift lead: ext. 2001", "🔧 Millwright: ext. 2300", "```")
    advice = "**🚨 GOLDEN RULE:** If in doubt, stop the mill at once."
    assert [one.name for one in _read("# Mill", "## Contacts", *block, "", advice).contacts] == [
        "Shift lead",
        "Millwright",
    ]


def test_the_card_below_a_level_reaches_whoever_it_names() -> None:
    """A code block with a way on each line."""
    ladder = ("### Level 1: Miller (0-5 min)", "```", "Phone: 555 0142 77", "```", "### Level 2: Owner (5-15 min)")
    [contact] = _read("# Mill", "## Escalation", *ladder, "```", "Desk: ask there", "```").contacts
    assert (contact.name, [one.type for one in contact.channels]) == ("Miller", ["phone"])


@pytest.mark.parametrize(
    "line",
    ["1. df -h /srv/mill で空きを確認", "1. df -h /srv/mill 를 확인", "1. df -h /srv/mill 查看磁盘"],
)
def test_the_sentence_behind_a_command_is_no_argument(line: str) -> None:
    """In scripts without blanks between words, where nobody marked what is to be run."""
    assert commands(_read("# Mill", "## Incident: mill stands", "### Symptoms", "- dust", "### Fix", line)) == [
        "df -h /srv/mill"
    ]


@pytest.mark.parametrize(
    ("said", "who"),
    [
        ("Nach 30 Minuten rufen wir die Leitung an.", "Leitung"),
        ("Po 30 minutach dzwonimy do kierowniczki młyna.", "kierowniczki młyna"),
        ("Na 30 minuten bellen we de teamleider.", "teamleider"),
        ("Dopo 30 minuti telefoniamo alla coordinatrice.", "coordinatrice"),
        ("Au bout de 30 minutes, on réveille la directrice.", "directrice"),
        ("Tras 30 minutos despertamos al director.", "director"),
        ("Через 30 минут будим директора.", "директора"),
        ("30 dakika sonra müdürü arıyoruz.", "müdürü"),
        ("30分钟后打电话给主管。", "主管"),
    ],
)
def test_whom_we_call(said: str, who: str) -> None:
    """A team that writes of itself calls as well."""
    called = called_in(said)
    assert called is not None
    assert called[0] == who


def test_where_there_is_time_until_a_meeting_nobody_is_called() -> None:
    """Nor by the ladder that holds for all."""
    levels = "".join(f"| P{n} | Mill {n} stands | {n}0 min |\n" for n in range(1, 4))
    scale = f"| Level | Definition | Response |\n|---|---|---|\n{levels}"
    rows = "| Level | Escalate to |\n|---|---|\n| P1 | Owner |\n| P2 | Head miller |\n| P3 | In the weekly meeting |\n"
    drawn = "```\nOn-call miller\n    ↓ (at once)\nHead miller\n    ↓ (30 min)\nOwner\n```\n"
    playbook = _read("# Mill", "## Severity levels", "", scale, "## Escalation", "", rows, "", drawn)
    assert "P3" not in playbook.escalation_by_severity
    assert [(one.targets, one.severities) for one in playbook.escalation_levels] == [
        (("On-call miller", "Head miller"), ("P1", "P2")),
        (("Owner",), ("P1", "P2")),
    ]


def test_a_row_names_whoever_is_on_call_by_turns_in_brackets() -> None:
    """What stands in the brackets is no part of the name, however long."""
    rows = "| sofort | Mühlendienst (Frau Korn / Herr Schrot im Wechsel) |\n| nach 20 Minuten | Leitung |\n"
    levels = _read("# Mühle", "## Rufreihenfolge", "", f"| Wann | Wer |\n|---|---|\n{rows}").escalation_levels
    assert [one.targets for one in levels] == [("Mühlendienst",), ("Leitung",)]


def test_a_list_of_definitions_and_lines_in_bold_are_a_scale() -> None:
    """A term with ": …" below it; two promises in a row, each with its verb; a bare day when somebody looks."""
    terms = ("Level Red", ": All stones stand. We answer within 10 minutes.", "", "Level Green", ": Dust.")
    assert [one.name for one in _read("# Mill", "## Severity levels", "", *terms).severities] == ["Red", "Green"]
    lines = ("**Kritiek** — alles ligt stil. We reageren binnen 10 minuten en lossen het op binnen 90 minuten.",)
    found = _read("# Molen", "## Hoe ernstig is het?", "", *lines, "**Laag** — de rest. Volgende werkdag.").severities
    targets = [one and one.seconds for level in found for one in (level.response_target, level.resolution_target)]
    assert (targets, [len(one.criteria) for one in found]) == ([600, 5400, None, None], [1, 1])


@pytest.mark.parametrize(
    "said",
    [
        "updates at intervals of 15 minutes",
        "15 dakikalık aralıklarla güncelleme",
        "Update im 15-Minuten-Takt",
        "обновление с интервалом в 15 минут",
        "mise à jour à intervalles de 15 minutes",
    ],
)
def test_an_interval_is_a_rhythm(said: str) -> None:
    """As "every" is, before the length or behind it."""
    interval = every(said)
    assert interval is not None
    assert interval.seconds == 900


def test_a_column_of_goals_in_turkish_keeps_each_clock() -> None:
    """ "içinde" is by when, and nothing that begins when it is over."""
    rows = "| P0 | Taş durdu | 15 dk içinde müdahale, 45 dk içinde çözüm |\n| P1 | Toz | 4 saat içinde çözüm |\n"
    levels = _read(
        "# Değirmen", "## Seviyeler", "", f"| Seviye | Tanım | Zaman hedefi |\n|---|---|---|\n{rows}"
    ).severities
    targets = [one and one.seconds for level in levels for one in (level.response_target, level.resolution_target)]
    assert targets == [900, 2700, None, 14400]
