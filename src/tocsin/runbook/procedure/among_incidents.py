"""What stands below a title for incidents: an incident of its own, or something about them all."""

from __future__ import annotations

from tocsin.runbook.document.blocks import Fence, ItemList, Table, Text
from tocsin.runbook.document.sections import LABEL_LEVEL, Section
from tocsin.runbook.grammar import small_words
from tocsin.runbook.procedure.below_titles import parts_of
from tocsin.runbook.procedure.commands_below import has_commands
from tocsin.runbook.procedure.habits import is_work
from tocsin.runbook.procedure.incident_tables import WORKING, is_symptom_table
from tocsin.runbook.trouble import asks_to_look, ends_in_failure, says_what_fails
from tocsin.runbook.words import vocabulary, words_of


def is_a_table_of_incidents(section: Section) -> bool:
    """Whether a title that says nothing of what fails has only a table below it: "Common causes of cold ovens"."""
    tables = [block for block in section.blocks if isinstance(block, Table)]
    told = bool(tables) and not section.children and all(isinstance(block, Table | Text) for block in section.blocks)
    several = all(is_symptom_table(table) and len(table.rows) > 1 for table in tables)
    return told and several and section.title.prefix is None and not says_what_fails(section.title.text)


def may_be_incident(child: Section, kind: str) -> bool:
    """Whether a chapter of a document called "Incidents" or "Runbook" is about one: it fails, it runs, it has steps."""
    if kind in ("phase:triage", "rollback", "recovery", "validation", "communication"):
        return False  # of any incident
    if vocabulary().says("drill", child.title.text):
        return False
    if vocabulary().says("topic", child.title.text) and not says_what_fails(child.title.text):
        return False  # "Supabase backups"
    if (child.phase is not None and child.phase.coverage >= _SURELY_A_PHASE) or child.joins_phases:
        return False
    if child.level == LABEL_LEVEL or says_what_fails(child.title.text) or has_commands(child):
        return True
    if _is_of_a_severity(child.title.text):
        return False
    if any(isinstance(block, ItemList) and block.ordered for one in child.walk() for block in one.blocks):
        return True
    above = child.parent.title.text if child.parent is not None else ""
    only_runbook = vocabulary().says("runbook", above)
    prose = not child.about and not only_runbook and any(isinstance(b, Text) for b in child.blocks)
    told = bool(WORKING & set(parts_of(child))) or prose
    return told and not any(isinstance(block, Table) for block in child.blocks)


_SURELY_A_PHASE = 0.99
"""Of a title that is the phase: "Contain", and not "Containment of a flour leak"."""


def _is_of_a_severity(title: str) -> bool:
    """Whether a title names a severity and nothing that is the matter: "Procedure for critical incidents"."""
    words = words_of(title)
    order = vocabulary().severity_order
    beside = small_words("generic", "filler", "incident", "for", "of")
    return any(order(word) is not None for word in words) and all(order(w) is not None or w in beside for w in words)


def is_other(child: Section, kind: str) -> bool:
    """Whether a section among common incidents is plainly about something else."""
    if child.title.prefix is not None:
        return False
    if vocabulary().is_a("operation", child.title.text, 0.6) or _only_looks(child):
        return True
    if child.level != LABEL_LEVEL and _is_of_work(child):
        return True
    if child.part is not None and child.part.kind == "verification" and child.part.coverage >= 0.99:
        return True
    if vocabulary().is_a("remark", child.title.text, 0.99) or _is_told_of(child):
        return True
    *before, word = child.title.text.split() or [""]
    if before and word.casefold() in small_words("list_to_tick") and not says_what_fails(child.title.text):
        return not WORKING & set(parts_of(child))  # "Debug checklist"
    last = vocabulary().parts.best(word) if word else None
    if last is not None and last.kind == "commands" and last.coverage >= 0.99:
        return True  # "More mill commands"
    of_tools = vocabulary().sections.best(word) if kind == "links" and before else None
    if of_tools is not None and of_tools.kind == "links" and of_tools.coverage >= 0.99:
        return not says_what_fails(child.title.text) and not WORKING & set(parts_of(child))  # "Oven debugging tools"
    found = child.kind
    if kind in _OF_WHOM_TO_CALL and not says_what_fails(child.title.text) and "symptoms" not in parts_of(child):
        return True  # "On-call escalation policy", with how to declare an incident below it
    if kind not in _MAY_BE_INCIDENTS and not kind.startswith("phase:"):
        return found is not None and found.coverage >= 0.99
    phase = child.phase
    return kind == "phase:post_incident" and phase is not None and phase.coverage >= 0.99


_MAY_BE_INCIDENTS = frozenset({"", "incidents"})
_OF_WHOM_TO_CALL = frozenset({"escalation", "when_to_escalate", "oncall", "contacts", "team"})


def _is_of_work(child: Section) -> bool:
    """Whether a title says what is done where nothing fails, or each chapter below it: "Keys": "Rotate", "Revoke"."""
    if is_work(child.title.text):
        return not WORKING & set(parts_of(child))
    chapters = [one for one in child.children if one.level != LABEL_LEVEL]
    works = sum(is_work(one.title.text) for one in chapters)
    others = (one.about == "rollback" or is_work(one.title.text) for one in chapters)
    return works > 1 and all(others) and not says_what_fails(child.title.text)


def _only_looks(child: Section) -> bool:
    """Whether a title says what to look at with the commands below: "Check the belts" among "Belt troubleshooting"."""
    return asks_to_look(child.title.text) and not WORKING & set(parts_of(child)) and has_commands(child)


def _is_told_of(child: Section) -> bool:
    """Whether a title ends in a word for remarks and only prose is below: "Architecture notes", "A note on flour"."""
    last = child.title.text.split()[-1:]
    prose = not child.children and all(isinstance(block, Text) for block in child.blocks)
    return prose and bool(last) and vocabulary().is_a("remark", last[0], 0.99) and not has_commands(child)


def shows_settings(label: Section) -> bool:
    """Whether a line in bold, about nothing that fails, only shows what to write into a file: "**Small mill**"."""
    fences = [block for block in label.blocks if isinstance(block, Fence)]
    told = all(isinstance(block, Fence | Text) for block in label.blocks) and not has_commands(label)
    return told and any(fence.info in _OF_SETTINGS for fence in fences) and not ends_in_failure(label.title.text)


_OF_SETTINGS = frozenset(["json", "yaml", "yml", "toml", "ini", "conf", "properties", "hcl", "xml"])
