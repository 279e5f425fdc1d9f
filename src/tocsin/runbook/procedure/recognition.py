"""Which sections of a document are procedures, and which only hold some.

Teams mark a procedure in one of three ways: its title says so ("Incident: …", "DR-003: …", an alert's name), it works
like one (symptoms, or causes or a diagnosis with what to do), or it stands where the others stand.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator

from tocsin.runbook.document.blocks import ItemList, Quote, Table, Text
from tocsin.runbook.document.remembered import remembered_with
from tocsin.runbook.document.sections import AFTERWARDS, LABEL_LEVEL, Section
from tocsin.runbook.grammar import any_of, pattern, small_words
from tocsin.runbook.procedure.below_titles import (
    answers_a_question,
    has_action_item,
    has_own_steps,
    has_shell,
    has_steps,
    has_steps_or_shell,
    is_contents,
    is_course,
    is_process,
    is_symptoms,
    is_symptoms_title,
    labels_below,
    lists_or_runs,
    lists_or_runs_below,
    lists_problems,
    maps_symptoms,
    opens_with_a_case,
    parts_of,
    runs_if,
    says_what_to_do,
    works,
)
from tocsin.runbook.procedure.cases_of_trouble import case_of, is_case_of_trouble, is_trouble
from tocsin.runbook.procedure.commands_below import has_commands
from tocsin.runbook.procedure.habits import is_habit, is_work
from tocsin.runbook.procedure.headed import names_a_case
from tocsin.runbook.procedure.incident_tables import WORKING, is_alert_table, lists_incidents
from tocsin.runbook.procedure.of_a_level import answers_a_level, speaks_of_a_level
from tocsin.runbook.procedure.questions import trouble_asked
from tocsin.runbook.procedure.raised import is_raised_below
from tocsin.runbook.scale import level_name
from tocsin.runbook.trouble import (
    ends_in_failure,
    is_alert_name,
    is_of_trouble,
    names_calamity,
    says_what_fails,
    without_genre,
)
from tocsin.runbook.wording import condition_in
from tocsin.runbook.words import vocabulary, words_of

_OF_A_PROCESS = frozenset({"severity", "process", "incidents", "targets", "templates", "contacts"})


@remembered_with
def is_procedure(section: Section) -> bool:
    """Whether a section is a procedure by itself: by its title or by the parts that it has."""
    kind = section.about
    if section.level == LABEL_LEVEL or is_contents(section) or _handles_any(section) or is_of_a_day(section):
        return False
    if section.level == 1:
        return _is_whole_document(section, kind)
    if answers_a_level(section):
        return False
    if lists_problems(section) or any(map(lists_problems, section.children)):
        return False
    if section.title.prefix is not None and section.kind is not None and section.kind.kind == "oncall":
        return False  # "KB-12: On-call expectations"
    if not kind and is_raised_below(section):
        return len(section.blocks) + len(section.children) > 1
    if section.title.prefix is not None or (not kind and is_alert_name(section.title.text)):
        return bool(section.children or section.blocks) and not _is_of_any_incident(section)
    if (not kind and _is_graded(section)) or _is_a_situation(section) or _is_a_case(section):
        return True
    if not kind and _asks_what_to_do(section):
        return True
    if not AFTERWARDS.isdisjoint(section.abouts):
        return False  # "Root cause", "Resolution" below "Post-incident": what the review is to say
    parts = set(parts_of(section))
    if parts == {"symptoms"} and vocabulary().says("symptom", section.title.text):
        return False  # "Signals that we watch for", with "Alert on:" above them, are of every incident
    part = section.part
    if part is not None and part.kind == "impact" and part.coverage >= 0.99 and "resolution" not in parts:
        return False  # "Alert description" with "Trigger: …" in it describes the one of the document
    if _is_one_of_a_kind(section, parts):
        return True
    if not kind and _is_one_of_alerts(section):
        return True
    if not kind and _says_one(section) and not _is_reason_to_escalate(section):
        return not _holds_several(section)
    if kind == "incidents" or (kind and not _surely(section, parts)) or (kind == "process" and is_course(section)):
        return False
    if "resolution" not in parts and vocabulary().is_a("operation", section.title.text, 0.99):
        return False  # "Alert setup": what it says of alerts are conditions, and no symptoms
    return works(section, parts) and not is_process(section)


def _is_reason_to_escalate(section: Section) -> bool:
    """Whether a title below "Escalation" says when somebody is called: "If the ovens stay cold for 10 minutes:"."""
    above = section.parent.about if section.parent is not None else ""
    return above in ("escalation", "when_to_escalate") and condition_in(section.title.text) is not None


def is_of_a_day(section: Section) -> bool:
    """Whether a title begins with a day: "2024-03-01: oven cold" tells what was, and not what to do."""
    raw = section.title.raw.lstrip("* [")
    return raw[:1].isdigit() and _DAY.match(raw) is not None


_DAY = re.compile(r"(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[./]\d{1,2}[./]\d{4})(?!\d)")


def _is_one_of_a_kind(section: Section, parts: set[str]) -> bool:
    """Whether a title is one of several that end alike, "OvenDown alert handling", and its own chapters are parts."""
    found = section.kind
    if found is None or found.kind != "incidents" or found.coverage >= 0.99 or section.parent is None:
        return False
    beside = (one.kind for one in section.parent.children if one.level == section.level)
    if sum(one is not None and one.phrase == found.phrase and one.coverage < 0.99 for one in beside) < 2:
        return False
    chapters = [one for one in section.children if one.level != LABEL_LEVEL]
    told = bool(parts & WORKING) or (not chapters and has_steps_or_shell(section))
    return told and not any(map(_is_of_its_own, chapters))


def _is_of_its_own(chapter: Section) -> bool:
    """Whether a chapter below a procedure is another one, and not what is done when its first steps do not help."""
    if chapter.title.prefix is not None:
        return True
    return is_procedure(chapter) and not is_case_of_trouble(chapter.title.text)


def _is_one_of_alerts(section: Section) -> bool:
    """Whether a title ends in the word for an alert, as another beside it does: "Feed rate alert", "Flour incident"."""
    above = section.parent
    if above is None or not _ends_in_alert(section) or not (has_steps_or_shell(section) or lists_or_runs(section)):
        return False
    return sum(_ends_in_alert(one) for one in above.children if one.level == section.level) > 1


def _ends_in_alert(section: Section) -> bool:
    *before, last = section.title.text.split() or [""]
    if not before or section.level == LABEL_LEVEL or before[0].casefold() in small_words("chore", "look", "by_hand"):
        return False
    if last.endswith("s"):
        return False
    return vocabulary().column("alert", last) >= 0.99 or (
        last.casefold() in small_words("incident") and _names_one(before)
    )


def _names_one(before: list[str]) -> bool:
    """Whether the words before "incident" say which one, "API latency": "Report an", "Major" and "During" do not."""
    first, beside = before[0].casefold(), before[-1].casefold()
    if first in small_words("imperative", "asks", "after", "upon", "if") or vocabulary().is_label(before[-1]):
        return False
    return beside not in small_words("article", "of", "for", "and", "about")


def _is_a_situation(section: Section) -> bool:
    """Whether a chapter says when it is needed right above its numbered steps: "If the mill stands still:", "1. …".

    Something must be wrong then, or there must be commands to run: "When you change this page:" is a habit.
    """
    if section.parent is None or section.title.numbered or any(map(_is_of_all, _abouts(section))):
        return False
    if section.kind is not None and _is_of_all(section.kind.kind):
        return False
    labels = [one for one in section.children if one.level == LABEL_LEVEL]
    if len(labels) != 1 or len(labels) != len(section.children):
        return False
    blocks = labels[0].blocks
    if not blocks or not isinstance(blocks[0], ItemList) or not blocks[0].ordered or len(blocks[0].items) < 2:
        return False
    said = case_of(labels[0].inline.text)
    if said is None:
        return names_a_case(labels[0])
    return is_trouble(said) or is_of_trouble(section.title.text) or has_shell(labels[0])


def _is_a_case(section: Section) -> bool:
    """Whether a title is the case itself, with what to do below: "If the mill stands still", "En cas de panne"."""
    if section.parent is None or section.about == "incidents" or any(map(_is_of_all, _abouts(section))):
        return False  # "If something breaks" holds them all
    if section.kind is not None and _is_of_all(section.kind.kind):
        return False
    if not is_case_of_trouble(section.title.text) or speaks_of_a_level(section.title.raw):
        return False
    return lists_or_runs_below(section) and not _goes_on_from(section.parent)


def _asks_what_to_do(section: Section) -> bool:
    """Whether a title asks what to do in a case of trouble, with that below: "What do I do if the dome is stuck?"."""
    if trouble_asked(section.title) is None or any(map(_is_of_all, _abouts(section))) or section.parent is None:
        return False
    told = lists_or_runs_below(section) or has_commands(section) or says_what_to_do(section, surely=True)
    return told and not _goes_on_from(section.parent)


def _goes_on_from(above: Section) -> bool:
    """Whether what stands below a title are its own steps and parts: "If the fan stands still" among them is one."""
    if above.level <= 1 or above.about == "incidents":
        return False
    return any(map(lists_or_runs, (above, *labels_below(above)))) or bool(WORKING & set(parts_of(above)))


def _abouts(section: Section) -> Iterator[str]:
    """What a section and its chapters are about: "# Incident response" over the whole document says nothing."""
    if section.parent is not None and not section.is_title:
        yield section.about
        yield from _abouts(section.parent)


def _is_of_all(kind: str) -> bool:
    return kind in _OF_ALL or (kind.startswith("phase:") and kind not in ("phase:resolution", "phase:mitigation"))


_OF_ALL = frozenset(
    {
        *("severity", "process", "escalation", "when_to_escalate", "communication", "postmortem", "templates"),
        *("postmortem_template", "rollback", "recovery", "validation", "upkeep", "contacts", "oncall", "team"),
        "overview",
    }
)


"""What is about any incident, or about what is done without one."""


def _is_graded(section: Section) -> bool:
    """Whether a title is an incident with its severity before it, "P1: Queue stuck", of which several are P1."""
    name = level_name(section.title.text)
    if name is None or section.parent is None or not has_steps(section):
        return False
    return bool(name.rest or name.label) and section.level in _graded(section.parent)


@remembered_with
def _graded(parent: Section) -> frozenset[int]:
    """The levels of headings below a section on which one severity begins several titles: none of them is a scale."""
    names = [(one.level, name.name.casefold()) for one in parent.children if (name := level_name(one.title.text))]
    return frozenset(level for (level, _name), count in Counter(names).items() if count > 1)


def _holds_several(section: Section) -> bool:
    """Whether a title is one for several incidents below it: "P0: Shop shut", then "Scenario 1: Oven dead"."""
    inner = [one for one in inner_procedures(section) if one.title.prefix is not None]
    return bool(inner) or sum(is_symptoms(c) for one in section.children for c in one.children) > 1


def _handles_any(section: Section) -> bool:
    """Whether a title says that any incident is handled below, "Incident handling", and chapters on that follow."""
    kind = section.kind
    if kind is None or kind.kind != "process" or section.title.prefix is not None:
        return False
    return not {"communication", "postmortem", "escalation"}.isdisjoint(child.about for child in section.children)


_OF_ANY_INCIDENT = frozenset(
    [
        "severity",
        "escalation",
        "when_to_escalate",
        "communication",
        "postmortem",
        "contacts",
        "team",
        "oncall",
        "templates",
    ]
)


def _is_of_any_incident(section: Section) -> bool:
    """Whether a title, whatever stands before it, names a chapter on all incidents: "Procedure 2: Escalation"."""
    kind = section.kind
    if kind is not None and kind.kind in _OF_ANY_INCIDENT:
        return kind.coverage >= 0.99 or (kind.coverage >= 0.5 and not says_what_fails(section.title.text))
    said = words_of(section.title.text)
    return len(said) > 1 and small_words("generic").issuperset(said)


def _says_one(section: Section) -> bool:
    """Whether a title says what fails, as others beside it do or with steps right below."""
    told = says_what_fails(section.title.text) and not is_habit(section) and bool(section.blocks or section.children)
    return told and (_has_like(section) or _fails_alone(section))


@pattern
def _asks() -> str:
    return rf"\W*{any_of('asks')}(?!\w)"


def _fails_alone(section: Section) -> bool:
    """Whether a title ends in what is wrong and steps follow right below it, with no other such title beside it."""
    title = section.title.text
    asks = _asks().match(title) is not None
    if asks or not ends_in_failure(title) or condition_in(title) is not None or section.parent is None:
        return False
    if any(_is_of_all(kind) or kind.startswith("phase:") for kind in _abouts(section)):
        return False  # "For a crash of the oven" below "Containment"
    above = section.parent
    if not above.about and above.parent is not None and above.parent.about == "incidents":
        return False  # "Connection lost" below "Database", which stands where the incidents do, is a part of that
    told = any(map(has_own_steps, (section, *labels_below(section)))) or answers_a_question(section)
    told = told or says_what_to_do(section, surely=names_calamity(title))
    return told and not vocabulary().says("drill", section.parent.title.text)


def _has_like(section: Section) -> bool:
    """Whether another section beside this one is about something that fails."""
    return section.parent is not None and _likes(section.parent)[section.level] > 1


@remembered_with
def _likes(parent: Section) -> Counter[int]:
    """How many sections below this one are about something that fails, by their level."""
    return Counter(one.level for one in parent.children if one.level != LABEL_LEVEL and _is_like(one))


def stands_among_procedures(section: Section) -> bool:
    """Whether most chapters beside this one are procedures, and it has numbered steps, or says what to do, as they."""
    above = section.parent
    if above is None or section.about or section.is_title or section.level == LABEL_LEVEL:
        return False
    if section.title.numbered and not opens_with_a_case(section):
        return False
    title = section.title.text
    if is_habit(section) or vocabulary().says("drill", title) or is_work(title) or section.joins_phases:
        return False
    last = vocabulary().exact.best(title.split()[-1]) if title.split() else None
    if last is not None and last.kind == "process":
        return False  # "Quick triage checklist"
    if vocabulary().says("operation", title) or not (
        has_steps(section)
        or "resolution" in parts_of(section)
        or runs_if(section)
        or has_action_item(section)
        or opens_with_a_case(section)
    ):
        return False
    every, procedures = _counts(above)
    beside = every[section.level] - 1
    others = procedures[section.level] - is_procedure(section)
    return beside > 1 and others > beside / 2


@remembered_with
def _counts(parent: Section) -> tuple[Counter[int], Counter[int]]:
    """How many sections there are right below this one, and how many of them are procedures, by their level."""
    below = parent.children
    return Counter(one.level for one in below), Counter(one.level for one in below if is_procedure(one))


def _is_like(one: Section) -> bool:
    told = not one.about and says_what_fails(one.title.text) and not is_habit(one)
    named = not one.about and is_alert_name(one.title.text)
    return told or named or one.title.prefix is not None or works(one, set(parts_of(one)))


def inner_procedures(section: Section) -> Iterator[Section]:
    """The procedures below a section, not the ones that are a part of something or of another one."""
    for child in section.children:
        if child.level == LABEL_LEVEL:
            continue
        if is_procedure(child):
            yield child
        elif child.part is None or child.part.kind not in WORKING or child.part.coverage < 0.5:
            yield from inner_procedures(child)


@pattern
def _about() -> str:
    """What a title says of a document about one alert: "GrainLow remediation runbook"."""
    return rf"\s+(?:{any_of('about_alert')}\s+)*{any_of('document')}$"


def names_its_alert(section: Section) -> bool:
    """Whether the lines below the title of a document say which alert it is for: "**Alert:** `GrainLow`"."""
    labels = itertools.takewhile(lambda one: one.level == LABEL_LEVEL, section.children)
    texts = [one.inline for one in labels]
    for block in section.blocks:
        lines = block.children if isinstance(block, Quote) else (block,)
        texts += [line for one in lines if isinstance(one, Text) for line in one.inline.by_line]
    said = [pair for text in texts if (pair := text.labelled) is not None]
    alerts = (alert for name, alert in said if vocabulary().column("alert", name) >= 0.99)
    return any(is_alert_name(_first_word(alert)) for alert in alerts)


def _first_word(text: str) -> str:
    return re.split(r"[\s,;|(（·]", text.strip(), maxsplit=1)[0]


def _is_whole_document(section: Section, kind: str) -> bool:
    """Whether a document is one procedure: about one alert or one incident."""
    if kind in ("", "incidents") and names_its_alert(section):
        return not any(is_alert_name(one.title.text) for one in inner_procedures(section))
    if kind in ("", "incidents") and _names_one_trouble(section):
        return True
    if section.title.prefix is not None and _is_of_any_incident(section):
        return False  # "Runbook: Escalation procedures"
    if _is_of_every_incident(section):
        return False
    if kind:
        return kind == "incidents" and _is_of_parts(section)
    inner = list(inner_procedures(section))
    if any(map(maps_symptoms, section.children)) or any(map(lists_incidents, section.blocks)):
        return False
    if is_alert_name(_about().sub("", section.title.text).strip()):
        return len(inner) < 2 or not any(one.title.prefix or "symptoms" in parts_of(one) for one in inner)
    others = {child.about for child in section.children if _says_more(child)}
    if section.title.prefix is not None:
        own = any(is_symptoms(child) and not child.about for child in section.children)
        process = others & {"severity", "process", "incidents", "targets"} or (is_process(section) and not own)
        single = len(inner) < 2 or _tells_its_causes(section, inner)
        if len(inner) == 1 and inner[0].title.prefix is not None and not is_of_trouble(section.title.text):
            return False  # "Runbook: Radar", with "Incident: Radar silent" below it
        return bool(section.children or section.blocks) and not process and single and not _lists_alerts(section)
    of_a_process = others & _OF_A_PROCESS
    if of_a_process and not (of_a_process == {"contacts"} and _tells_its_causes(section, inner)):
        return False
    if inner:
        return _tells_its_causes(section, inner)
    parts = set(parts_of(section))
    told = "resolution" in parts or has_steps_or_shell(section)
    if told and ends_in_failure(section.title.text):
        return not is_process(section)
    named = _about().sub("", section.title.text).strip()
    if told and named != section.title.text and ends_in_failure(named) and not is_process(section):
        return True  # "Oven failure runbook"
    if "resolution" not in parts:
        return bool(parts & {"investigation", "causes"}) and _tells_its_causes(section, inner)
    return bool(parts & {"investigation", "symptoms", "causes", "meaning"})


def _names_one_trouble(section: Section) -> bool:
    """Whether a title is a word for the document and what fails, "Troubleshooting — mill is stuck", and steps follow.

    Where chapters name what fails as well, the document is about those.
    """
    title = section.title.text
    named = next((one for one in (without_genre(title), _about().sub("", title).strip()) if one != title), "")
    if not (says_what_fails(named) or is_alert_name(named)):
        return False
    chapters = [one for one in section.children if one.level != LABEL_LEVEL and one.part is None]
    apart = sum(one.title.prefix is not None or says_what_fails(one.title.text) for one in chapters)
    parts = WORKING & {one.part.kind for one in section.children if one.part is not None and one.level != LABEL_LEVEL}
    listed = len(parts) < 2 and sum(not (one.title.numbered or one.about) for one in chapters) > 1
    told = "resolution" in parts_of(section) or has_steps_or_shell(section)
    if not told or apart > 1 or listed or any(map(_lists_incidents, section.children)):
        return False
    return not (is_process(section) and "causes" not in parts)


def _lists_incidents(chapter: Section) -> bool:
    """Whether a chapter holds several incidents: "Common scenarios" of a plan for any breach."""
    return chapter.about == "incidents" and sum(1 for _ in inner_procedures(chapter)) > 1


def _tells_its_causes(section: Section, inner: list[Section]) -> bool:
    """Whether a document has one chapter of symptoms, and what fails further down are the causes of those."""
    own = sum(is_symptoms(child) and child.level != LABEL_LEVEL for child in section.children)
    below = all(one.parent is not section and one.title.prefix is None for one in inner)
    return own == 1 and below and not any("symptoms" in parts_of(one) for one in inner)


def _lists_alerts(section: Section) -> bool:
    """Whether a chapter right below is a table of several alerts with what to do about each."""
    tables = (block for child in (section, *section.children) for block in child.blocks if isinstance(block, Table))
    return any(len(table.rows) > 1 and is_alert_table(table) for table in tables)


def _is_of_every_incident(section: Section) -> bool:
    """Whether a document is called "Incident response runbook" and has no symptoms: it tells how any incident goes."""
    said = words_of(section.title.text)
    generic = len(said) > 1 and small_words("generic").issuperset(said)
    mostly = vocabulary().is_a("of_process", section.title.text, _A_GOOD_PART)
    if section.title.prefix is not None or not (generic or mostly):
        return False
    own = (child for child in section.children if child.level != LABEL_LEVEL)
    return not any(vocabulary().is_a("symptom", child.title.text, 0.9) for child in own)


_A_GOOD_PART = 0.35


"""Of a title: "Acme Mills incident response plan", and not "The escalation of the oven stops"."""


def _is_of_parts(section: Section) -> bool:
    """Whether a document called "Runbook" has the parts of one procedure for its chapters."""
    surely = {c.part.kind for c in section.children if c.part and c.part.coverage >= 0.99 and c.level != LABEL_LEVEL}
    return "resolution" in surely and bool(surely & {"symptoms", "investigation", "causes"})


def _says_more(section: Section) -> bool:
    """Whether a section about severity lists levels, and one about the process steps: alerts only refer to them.

    So does the line "Alerts: `MillSlow`", which has the name of a chapter.
    """
    if section.about == "incidents" and _only_names(section):
        return False
    if section.about not in ("severity", "process"):
        return True
    lines = sum(
        len(block.items) if isinstance(block, ItemList) else len(block.rows) if isinstance(block, Table) else 0
        for block in section.blocks
    )
    return lines + len(section.children) >= 2


def _only_names(section: Section) -> bool:
    """Whether a line, or a chapter that is but a list of alerts by their names, tells nothing to do about each."""
    if section.level == LABEL_LEVEL:
        return is_symptoms_title(section)
    items = [item for block in section.blocks if isinstance(block, ItemList) for item in block.items]
    plain = not section.children and all(isinstance(block, ItemList | Text) for block in section.blocks)
    return plain and bool(items) and all(is_alert_name(_first_word(one.inline.text)) for one in items)


def _surely(section: Section, parts: set[str]) -> bool:
    """Whether the parts of a section outweigh a title that half says something else: "Dashboard down"."""
    match = section.kind
    if "symptoms" not in parts or len(parts & WORKING) < 2:
        return False
    if section.about.startswith("phase:"):  # "Alerta de seguridad" among others with symptoms and what to do
        return section.phase is not None and section.phase.coverage < 0.99 and _is_built_alike(section)
    return match is None or match.coverage < 0.99 or _is_built_alike(section)


def _is_built_alike(section: Section) -> bool:
    """Whether another section beside this one has symptoms and what to do as well: "Readiness" among alerts."""
    return section.parent is not None and _built(section.parent)[section.level] > 1


@remembered_with
def _built(parent: Section) -> Counter[int]:
    """How many sections right below this one have symptoms and a resolution, by their level."""
    return Counter(one.level for one in parent.children if {"symptoms", "resolution"} <= set(parts_of(one)))
