"""The same severities in any layout: one set of facts, laid out as teams do, is read the same every time."""

# ruff: noqa: E501 - whole documents on one line each stay easier to compare than wrapped ones

from __future__ import annotations

from typing import NamedTuple

import pytest

from tests.runbook.severity_layouts import HEADINGS, LISTS, TABLES, Fact, Layout, Rendering, arrows, prose
from tests.runbook.severity_titles import TITLES
from tests.runbook.severity_words import BEGUN, ENGLISH, TIMES, TONGUES, Tongue
from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.stated import Duration

LAYOUTS: dict[str, Layout] = TABLES | HEADINGS | LISTS

Time = tuple[int | None, str] | None
"""Seconds and how they are counted; None where nothing is stated."""


class Read(NamedTuple):
    """A level as read; ``updates`` are the rhythms that the playbook tells of for it."""

    label: str | None
    criteria: int
    response: Time
    resolution: Time
    updates: frozenset[Time]
    acknowledge: Time = None


CODES = {
    "P0": ("P0", "P1", "P2", "P3", "P4"),
    "P1": ("P1", "P2", "P3", "P4", "P5"),
    "SEV-1": ("SEV-1", "SEV-2", "SEV-3", "SEV-4", "SEV-5"),
    "SEV1": ("SEV1", "SEV2", "SEV3", "SEV4", "SEV5"),
    "Severity 1": ("Severity 1", "Severity 2", "Severity 3", "Severity 4", "Severity 5"),
    "S1": ("S1", "S2", "S3", "S4", "S5"),
    "Level 1": ("Level 1", "Level 2", "Level 3", "Level 4", "Level 5"),
    "no code": ("", "", "", "", ""),
}
MARKS = ("🔴", "🟠", "🟡", "🟢", "⚪")

FULL = (
    ("now", "4h", "every 30m"),
    ("15-30m", "8h", "every 2h"),
    ("4bh", "3d", "daily"),
    ("nbd", "5bd", None),
)
"""Response, resolution and updates of four levels."""


def facts(
    words: Tongue, style: str, times: tuple[tuple[str | None, ...], ...] = FULL, *, marked: bool
) -> tuple[Fact, ...]:
    """The levels of a scale with the times of each, called as a style calls them."""
    return tuple(
        Fact(CODES[style][n], words.labels[n], words.clauses[n], *one, MARKS[n] if marked else "")
        for n, one in enumerate(times)
    )


def expected(scale: tuple[Fact, ...]) -> dict[str, Read]:
    """What is to be read of these facts, whatever their layout."""

    def time(key: str | None) -> Time:
        return None if key is None else TIMES[key]

    return {
        fact.name: Read(
            fact.label if fact.code else None,
            len(fact.criteria),
            time(fact.response),
            time(fact.resolution),
            frozenset([TIMES[fact.updates]] if fact.updates else []),
        )
        for fact in scale
    }


def read(text: str) -> dict[str, Read]:
    """The levels of a document, in their order."""

    def time(found: Duration | None) -> Time:
        return None if found is None else (found.seconds, found.kind.value)

    playbook = compile_runbook(text)
    return {
        one.name: Read(
            one.label,
            len(one.criteria),
            time(one.response_target),
            time(one.resolution_target),
            frozenset(time(cadence.every) for cadence in playbook.cadences if one.name in cadence.severities),
            time(one.acknowledge_target),
        )
        for one in playbook.severities
    }


def misread(
    layout: Layout, scale: tuple[Fact, ...], words: Tongue, shape: str = ""
) -> dict[str, tuple[Read | None, Read | None]]:
    """Where the document that a layout makes of a scale is read otherwise: what is to be read, and what was."""
    wanted = expected(scale)
    found = read(f"# Ferries\n\n## {words.chapter}\n\n{layout(Rendering(scale, words, shape))}")
    return {name: (wanted.get(name), found.get(name)) for name in wanted | found if wanted.get(name) != found.get(name)}


@pytest.mark.parametrize("marked", [False, True], ids=["plain", "marked"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_whatever_the_levels_are_called(layout: str, marked: bool) -> None:
    """Codes, numbers behind a word, or labels alone, with a coloured sign before them or without."""
    missed = {style: misread(LAYOUTS[layout], facts(ENGLISH, style, marked=marked), ENGLISH) for style in CODES}
    assert {style: one for style, one in missed.items() if one} == {}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_in_whatever_language_they_are_told(layout: str) -> None:
    """Titles, labels, criteria and times in nine languages, the levels by code or by label."""
    missed = {
        (language, style): misread(LAYOUTS[layout], facts(words, style, marked=False), words)
        for language, words in TONGUES.items()
        for style in ("P1", "no code")
    }
    assert {one: said for one, said in missed.items() if said} == {}


@pytest.mark.parametrize("language", TONGUES)
def test_arrows_between_the_facts_of_a_level(language: str) -> None:
    """Each level in a line, what it is and its times with arrows between them."""
    words = TONGUES[language]
    assert misread(arrows, facts(words, "P1", marked=False), words) == {}


QUARTER = {one: words.time("15m") for one, words in TONGUES.items()}
HOUR = {one: words.time("1h") for one, words in TONGUES.items()}
AT_WORK = {
    "bullets": "- **{name}** – {what}. {said}.\n",
    "plain bullets": "- {name}: {what}. {said}.\n",
    "headings": "### {name}\n\n{what}.\n\n{said}.\n\n",
    "paragraphs": "**{name}**: {what}. {said}.\n\n",
}
ALONE = {
    "the time last": "- {name} – {what} – {time}\n",
    "the time first": "- {name}: {time} – {what}\n",
    "bars": "- {name} | {what} | {time}\n",
    "dots in paragraphs": "{name} · {time} · {what}\n\n",
    "beside the name, in bold": "- **{name} ({time})**: {what}\n",
    "behind the name": "- {name}, {time}: {what}\n",
    "in brackets at the end": "1. {name} — {what} ({time})\n",
    "in the heading": "### {name} – {time}\n\n{what}\n\n",
    "arrows": "- {name} → {what} → {time}\n",
    "what it is in brackets": "- {name} ({what}): {time}\n",
}


UNREAD = {("bullets", "ja"), ("arrows", "zh")}
"""Forms that are known to be read as something else in a language."""


def _two(language: str, form: str, said: str = "") -> dict[str, tuple[int, Time]]:
    """How many criteria, and which response, are read of two levels that a form writes."""
    words = TONGUES[language]
    text = "".join(
        form.format(
            name=name,
            what=words.clauses[n + 1][0],
            time=time,
            said=said.format(t=time.removesuffix("以内").removesuffix("内")),
        )
        for n, (name, time) in enumerate((("P1", QUARTER[language]), ("P2", HOUR[language])))
    )
    return {name: (one.criteria, one.response) for name, one in read(f"# A\n\n## {words.chapter}\n\n{text}").items()}


@pytest.mark.parametrize("language", TONGUES)
@pytest.mark.parametrize("form", AT_WORK)
def test_by_when_somebody_is_at_work_is_the_response(form: str, language: str) -> None:
    """ "Someone must be on it within 15 minutes" promises what a column of response times does."""
    written = AT_WORK[form].replace(". ", "。") if language in ("ja", "zh") else AT_WORK[form]
    for said in BEGUN[language]:
        found = _two(language, written, said)
        wanted = {"P1": (1, (900, "elapsed")), "P2": (1, (3600, "elapsed"))}
        assert found == wanted or (form, language) in UNREAD, said


@pytest.mark.parametrize("language", TONGUES)
@pytest.mark.parametrize("form", ALONE)
def test_a_time_alone_beside_a_level_is_its_response(form: str, language: str) -> None:
    """Between whatever signs it stands: it is no part of what the level is, and is not lost."""
    wanted = {"P1": (1, (900, "elapsed")), "P2": (1, (3600, "elapsed"))}
    assert _two(language, ALONE[form]) == wanted or (form, language) in UNREAD


@pytest.mark.parametrize("language", TONGUES)
def test_examples_below_a_table_add_to_what_it_says(language: str) -> None:
    """A section for each level with its examples leaves what the table says of the level."""
    words = TONGUES[language]
    table = f"| {words.level} | {words.criteria} |\n|---|---|\n| P1 | {words.clauses[1][0]} |\n| P2 | x |\n"
    below = "### P1\n\n**Examples:**\n- one mill\n- two mills\n\n### P2\n\n**Examples:**\n- a lamp\n"
    found = read(f"# A\n\n## {words.chapter}\n\n{table}\n{below}")
    assert [one.criteria for one in found.values()] == [3, 2]


ABSENT = {
    "no resolution": (("15m", None, "every 30m"), ("1h", None, "every 2h"), ("4bh", None, None)),
    "no updates": (("now", "4h", None), ("15m", "8h", None), ("1h", "3d", None), ("4bh", "5bd", None)),
    "only a resolution": ((None, "4h", None), (None, "8h", None), (None, "3d", None)),
    "only updates": ((None, None, "every 15m"), (None, None, "every 30m"), (None, None, "daily")),
    "nothing but criteria": ((None, None, None), (None, None, None), (None, None, None)),
    "less for each": (("now", "4h", "every 15m"), ("15m", "8h", None), ("1h", None, None), (None, None, None)),
}


@pytest.mark.parametrize("absent", ABSENT)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_what_is_not_agreed_on_stays_absent(layout: str, absent: str) -> None:
    """No time of another kind is taken for one that the document does not state, in any language."""
    missed = {
        language: misread(LAYOUTS[layout], facts(words, "P1", ABSENT[absent], marked=False), words)
        for language, words in TONGUES.items()
    }
    assert {language: said for language, said in missed.items() if said} == {}


TITLED = ("a table", "headings, bullets with bold labels", "bold lines, plain lines", "nested bullets")
"""A title stands above a column, in bold before a colon, in plain before a colon, and in an item."""
SLOTS = {"level": "level", "criteria": "criteria", "resolution": "resolution", "updates": "updates"}


def _titled(words: Tongue, kind: str, title: str, layout: str) -> tuple[dict[str, Read], dict[str, Read]]:
    """What is to be read, and what is, where a column or a label of this kind is called by this title."""
    slot = SLOTS.get(kind, "response")
    times = tuple(
        ("15m" if slot not in ("resolution", "updates") else None, long if slot == "resolution" else None, often)
        for long, often in (("4h", "every 30m"), ("nbd", "daily"), ("4bh", "every 2h"))
    )
    times = times if slot == "updates" else tuple((response, long, None) for response, long, _often in times)
    scale = facts(words, "no code" if kind == "level" else "P1", times, marked=False)
    renamed = words.titled(**{slot: title})
    wanted = expected(scale)
    if kind == "acknowledge":
        wanted = {name: one._replace(response=None, acknowledge=one.response) for name, one in wanted.items()}
    elif kind == "other":
        wanted = {name: one._replace(response=None) for name, one in wanted.items()}
    return wanted, read(f"# Ferries\n\n## {words.chapter}\n\n{LAYOUTS[layout](Rendering(scale, renamed))}")


@pytest.mark.parametrize("layout", TITLED)
@pytest.mark.parametrize("language", TITLES)
def test_a_title_says_the_same_wherever_it_stands(language: str, layout: str) -> None:
    """What a column is called by, a label is called by too; a clock of another kind is no response."""
    missed = {
        (kind, title): read_
        for kind, titles in TITLES[language].items()
        for title in titles
        if kind != "level" or layout == "a table"
        for wanted, read_ in [_titled(TONGUES[language], kind, title, layout)]
        if wanted != read_
    }
    assert missed == {}


SHAPES = (
    "{code} - {label}", "{code} – {label}", "{code} — {label}", "{code}: {label}", "{code} ({label})",
    "{code}（{label}）", "{code} [{label}]", "[{code}] {label}", "{code} / {label}", "{code}/{label}",
    "{code} | {label}", "{code} {label}", "{code} · {label}", "{code}. {label}", "{code} = {label}",
    "{code}, {label}", "{code} → {label}", "{code} _{label}_", "`{code}` {label}", "`{code}` - {label}",
    "**{code}** - {label}", "**{code}** ({label})", "{label} ({code})", "{label} - {code}", "{label} – {code}",
    "{label} [{code}]", "{label} {code}", "{label}: {code}", "{label}/{code}", "{label} = {code}",
    "{mark} {code} - {label}", "{mark}{code} ({label})", "{mark} **{code}** {label}", "{code} {mark} {label}",
    "{code} - {mark} {label}", "{code} {label} {mark}", "{code} - {label} {mark}", ":red_circle: {code} - {label}",
    "{code} :red_circle: {label}", "{code} Incident - {label}", "{code} Incidents ({label})",
)  # fmt: skip
PLACES = (
    "a table",
    "headings, bullets with bold labels",
    "bold lines, bullets",
    "nested bullets, the criteria beside the name",
    "plain bullets, the criteria beside the name",
)


def _can_stand(shape: str, place: str) -> bool:
    """Whether Markdown lets such a name stand there: no bar in a cell, no bold in bold, no colon in a plain item."""
    in_bold = place.startswith(("bold", "nested"))
    plain = place.startswith("plain") and (shape[:1] == ":" or "Incident" in shape or ":" in shape.strip(":"))
    return not (("|" in shape and place == "a table") or ("**" in shape and in_bold) or plain)


@pytest.mark.parametrize("place", PLACES)
def test_a_name_and_its_label_are_joined_by_anything(place: str) -> None:
    """A dash, a bar, brackets, a coloured sign, nothing at all; the label first or the code."""
    missed = {
        (shape, language, style): misread(LAYOUTS[place], facts(words, style, marked="{mark}" in shape), words, shape)
        for language, style in (("en", "P1"), ("en", "SEV-1"), ("en", "Level 1"), ("ja", "P1"))
        for words in [TONGUES[language]]
        for shape in SHAPES
        if _can_stand(shape, place)
    }
    assert {one: said for one, said in missed.items() if said} == {}


PROMISED = (("15m", "4h", None), ("1h", "8h", None), ("4bh", "3d", None))


@pytest.mark.parametrize("language", TONGUES)
def test_a_sentence_promises_what_a_column_would(language: str) -> None:
    """ "We respond within 15 minutes and resolve it within 4 hours", behind what the level is."""
    words = TONGUES[language]
    missed = {
        (style, shape): misread(prose, facts(words, style, PROMISED, marked=False), words, shape)
        for style in ("P1", "SEV-1", "no code")
        for shape in ("{code} ({label})", "{code}: {label}", "{code} - {label}")
    }
    assert {one: said for one, said in missed.items() if said} == {}


NO_SCALES = {
    "impacts": "## Impact assessment\n\n| Impact | Description |\n|---|---|\n| High | all boats |\n| Low | none |\n",
    "risks": "## Risks\n\n| Risk | Likelihood | Impact |\n|---|---|---|\n| Storm | High | Critical |\n| Fog | Low | Low |\n",
    "risks of changes": "## Change risk levels\n\n| Risk | Approval |\n|---|---|\n| High | CTO |\n| Low | nobody |\n",
    "tickets": "## Ticket priorities\n\n| Priority | Meaning |\n|---|---|\n| P1 | next sprint |\n| P2 | some day |\n",
    "a backlog": "## Backlog priorities\n\n- P1: next sprint\n- P2: some day\n",
    "work, in German": "## Prioritäten der Aufgaben\n\n- P1: nächster Sprint\n- P2: irgendwann\n",
    "work, in Chinese": "## 需求优先级\n\n| 优先级 | 含义 |\n|---|---|\n| P1 | 下个迭代 |\n| P2 | 以后 |\n",
    "one alert's": "## BoatLate\n\n**Severity**: P1\n\n**Symptoms**:\n\n- a boat is late\n",
    "those of alerts": "## Alerts\n\n| Alert | Severity |\n|---|---|\n| BoatLate | critical |\n| PierDark | warning |\n",
    "thresholds": "## Monitoring\n\n| Metric | Warning | Critical |\n|---|---|---|\n| CPU | 70% | 90% |\n| Disk | 80% | 95% |\n",
    "tiers of services": "## Tiers\n\n| Tier | Services | RTO |\n|---|---|---|\n| Tier 1 | booking | 1 h |\n| Tier 2 | map | 8 h |\n",
    "how critical services are": "## Services\n\n| Service | Criticality | RTO |\n|---|---|---|\n| booking | Critical | 1 h |\n| map | High | 8 h |\n",
    "priorities of assets": "## Assets\n\n| Asset | Priority |\n|---|---|\n| booking db | P1 |\n| map server | P2 |\n",
    "the order of recovery": "## Recovery order\n\n| Priority | System | RTO |\n|---|---|---|\n| P1 | booking | 1 h |\n| P2 | map | 8 h |\n",
    "action items": "## Action items\n\n| Action | Owner | Priority |\n|---|---|---|\n| add a probe | Ann | P1 |\n| a test | Bob | P2 |\n",
    "past incidents": "## Incident history\n\n| ID | Severity | Duration |\n|---|---|---|\n| 1 | P1 | 45 min |\n| 2 | P2 | 2 h |\n",
}  # fmt: skip


@pytest.mark.parametrize("chapter", NO_SCALES)
def test_other_things_have_levels_too_and_are_no_scale(chapter: str) -> None:
    """Impacts, risks, work that is planned, alerts, services and what has happened are graded, and promise nothing."""
    assert read(f"# Ferries\n\n{NO_SCALES[chapter]}") == {}


DUE = {
    "en": ("Post-mortem within 48 hours of resolution.", "**Deadline**: 48 hours", "**Due**: within 48 hours",
           "- [ ] Schedule post-mortem (within 48 hours)", "The RCA must be completed in 48h."),
    "es": ("El post-mortem se publica dentro de las 48 horas siguientes.", "**Plazo**: 48 horas"),
    "pt": ("Post-mortem em até 48 horas após a resolução.", "**Prazo**: 48 horas"),
    "fr": ("Le post-mortem est rédigé dans les 48 heures.", "**Délai** : 48 heures"),
    "de": ("Das Post-mortem ist binnen 48 Stunden fällig.", "**Frist**: 48 Stunden"),
    "it": ("Post-mortem entro 48 ore dalla risoluzione.", "**Scadenza**: 48 ore"),
    "ja": ("解決後48時間以内にポストモーテムを作成する。", "**期限**：48時間以内"),
    "zh": ("事故解决后48小时内完成复盘。", "**时限**：48小时内"),
    "ru": ("Постмортем в течение 48 часов после решения.", "**Срок**: 48 часов"),
}  # fmt: skip
REVIEWS = {"ja": "ポストモーテム", "zh": "复盘", "ru": "Постмортем"}


@pytest.mark.parametrize("language", DUE)
def test_a_review_is_due_in_any_wording(language: str) -> None:
    """Within, in, before, or behind a label that is a word for a deadline."""
    chapter = REVIEWS.get(language, "Post-mortem")
    policies = {said: compile_runbook(f"# Ferries\n\n## {chapter}\n\n{said}\n").postmortem for said in DUE[language]}
    due = {said: policy.due.seconds if policy and policy.due else None for said, policy in policies.items()}
    assert due == dict.fromkeys(DUE[language], 172_800)


HOURS = (
    "Business hours: Mon-Fri 09:00-18:00 CET",
    "Business hours are 9am to 6pm, Monday to Friday (CET).",
    "Support hours: Mon–Fri 9 AM – 6 PM CET",
    "Horario laboral: lunes a viernes, 9:00-18:00 CET",
    "Horário comercial: segunda a sexta, 9h às 18h CET",
    "Heures de bureau : du lundi au vendredi de 9h00 à 18h00 CET",
    "Geschäftszeiten: Mo–Fr 9–18 Uhr CET",
    "Orario lavorativo: lunedì-venerdì 9:00-18:00 CET",
    "営業時間：平日9:00〜18:00 CET",
    "工作时间：工作日9:00-18:00 CET",
    "Рабочее время: пн–пт 9:00–18:00 CET",
)


@pytest.mark.parametrize("said", HOURS)
def test_business_hours_in_any_wording(said: str) -> None:
    """Days, hours and a zone, in any order that a sentence has them."""
    hours = compile_runbook(f"# Ferries\n\n## On-call\n\n{said}\n").business_hours
    assert hours is not None
    assert (hours.days, hours.since, hours.until, hours.zone) == ((0, 1, 2, 3, 4), "09:00", "18:00", "CET")


TWO_CLOCKS = {
    "a column for both": "| Level | Definition | Response / Resolution |\n|---|---|---|\n| P1 - Critical | no boats; no money | 15 min / 4 h |\n| P2 - High | one pier | 1 h / 8 h |\n",
    "both in brackets of a title": "| Level | Definition | SLA (response / fix) |\n|---|---|---|\n| P1 - Critical | no boats; no money | 15 min / 4 h |\n| P2 - High | one pier | 1 h / 8 h |\n",
    "the units in the titles": "| Level | Definition | Response (min) | Resolution (hours) |\n|---|---|---|---|\n| P1 - Critical | no boats; no money | 15 | 4 |\n| P2 - High | one pier | 60 | 8 |\n",
    "in brackets behind the criteria": "- **P1 - Critical**: no boats, no money (response: 15 min, resolution: 4 h)\n- **P2 - High**: one pier (response: 1 h, resolution: 8 h)\n",
    "a line below a paragraph": "**P1 - Critical**: no boats, no money\n\n*Response: 15 min, Resolution: 4 h*\n\n**P2 - High**: one pier\n\n*Response: 1 h, Resolution: 8 h*\n",
    "a line with a bar": "### P1 - Critical\n\nResponse: 15 min | Resolution: 4 h\n\n- no boats\n- no money\n\n### P2 - High\n\nResponse: 1 h | Resolution: 8 h\n\n- one pier\n",
    "below a quotation": "### P1 - Critical\n\n> no boats; no money\n\n- Response: 15 min\n- Resolution: 4 h\n\n### P2 - High\n\n> one pier\n\n- Response: 1 h\n- Resolution: 8 h\n",
}  # fmt: skip


@pytest.mark.parametrize("layout", TWO_CLOCKS)
def test_two_clocks_that_stand_together_are_two(layout: str) -> None:
    """Each of them is the one that its title or its label says, and none is lost."""
    assert read(f"# Ferries\n\n## Severity levels\n\n{TWO_CLOCKS[layout]}") == {
        "P1": Read("Critical", 2, (900, "elapsed"), (14_400, "elapsed"), frozenset()),
        "P2": Read("High", 1, (3600, "elapsed"), (28_800, "elapsed"), frozenset()),
    }
