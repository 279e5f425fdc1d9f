"""From Markdown to Playbook: the one entry point of this room."""

from __future__ import annotations

import gc
import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date

from tocsin.runbook.answers.corrections import Corrections, corrected
from tocsin.runbook.answers.reading import read_answers, take_answers
from tocsin.runbook.arrange import Arranger
from tocsin.runbook.audience_tables import read_tables
from tocsin.runbook.business import read_business_hours
from tocsin.runbook.channels import read_channels
from tocsin.runbook.communication import read_cadences, read_channel_pattern
from tocsin.runbook.compiled import Compiled
from tocsin.runbook.contacts.of_levels import with_those_of_levels
from tocsin.runbook.contacts.reading import read_contacts
from tocsin.runbook.document.blocks import Heading, Text, parse_blocks
from tocsin.runbook.document.bulleted import with_bullets
from tocsin.runbook.document.directives import with_notes
from tocsin.runbook.document.front import front_matter
from tocsin.runbook.document.headless import with_headings
from tocsin.runbook.document.html import with_html
from tocsin.runbook.document.leaves import leaves
from tocsin.runbook.document.loose import with_ends, with_spaces, with_terms
from tocsin.runbook.document.neighbours import Look
from tocsin.runbook.document.nested import with_longer_marks
from tocsin.runbook.document.outdented import with_indents, with_labels
from tocsin.runbook.document.outline import outline
from tocsin.runbook.document.pasted import with_pasted
from tocsin.runbook.document.sections import Section
from tocsin.runbook.document.source import Document, read_document
from tocsin.runbook.document.titled import with_title
from tocsin.runbook.escalation.reading import read_escalation
from tocsin.runbook.fates import read_fates
from tocsin.runbook.grammar import any_of, pattern, small_words
from tocsin.runbook.instructions import Procedure, ProcedureKind
from tocsin.runbook.levels.severities import read_scale
from tocsin.runbook.links import read_links
from tocsin.runbook.meaning import settled
from tocsin.runbook.playbook import Playbook, Source
from tocsin.runbook.postmortem import read_postmortem
from tocsin.runbook.review import review_findings
from tocsin.runbook.roles import read_roles
from tocsin.runbook.status_page import read_status_page
from tocsin.runbook.telling import read_rules
from tocsin.runbook.templates import read_templates, sent_lines, without_sent
from tocsin.runbook.trouble import says_what_fails
from tocsin.runbook.upkeep import read_duties, read_review
from tocsin.runbook.words import vocabulary, words_of


@pattern
def _of_incidents() -> str:
    return any_of("of_incidents")


@pattern
def _generic() -> str:
    return any_of("generic")


@pattern
def _named() -> str:
    """What an overview is about: "the Orders application", "la plataforma Cometa"."""
    capital = r"(?-i:[A-Z])[\w'’]*"
    name = rf"{capital}(?:[\s-]{capital}|\s+(?:{any_of('of', 'for')})\s+{capital})*"
    kind = rf"(?-i:{any_of('application')})"
    return (
        rf"{any_of('article')}\s+[\"“]?(?P<name>{name})[\"”]?\s+{kind}"
        rf"|{any_of('article')}\s+{kind}\s+[\"“«]?(?P<behind>{name})"
    )


def compile_runbook(
    data: bytes | str,
    *,
    path: str = "RUNBOOK.md",
    today: date | None = None,
    look: Look | None = None,
    corrections: Corrections | None = None,
) -> Playbook:
    """The playbook of a Markdown document.

    ``path`` is only recorded. Overdue reviews are found when ``today`` is given, dead relative links when ``look``
    tells what lies beside the document. ``corrections`` are those of its side file. Raises BadDocument for what is no
    text or too large; everything else that is wrong with the document is a finding of the playbook.
    """
    document = read_document(data, path)
    with _uncollected():
        return _compile(document, path, today, look, corrections)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the garbage collector: it would walk the growing tree over and over and find nothing (a tenth to a
    third of the time). Nested and concurrent use end with it switched on, if it was on."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _compile(
    document: Document, path: str, today: date | None, look: Look | None, corrections: Corrections | None
) -> Playbook:
    front, first, refused = front_matter(document.lines)
    text = document.lines[first - 1 :]
    for mended in _MENDED:
        text = mended(text)
    blocks = with_html(with_labels(parse_blocks(text, first=first), text, first))
    headed = any(isinstance(block, Heading) for block in blocks)
    title = front.get("title", "") if headed else front.get("title", "") or path.rsplit("/", 1)[-1]
    root = outline(with_title(blocks, document.lines, title), len(document.lines))
    answers = take_answers(root)
    root.settle()
    everything = tuple(leaves(root))
    scale = read_scale(root)
    arranger = Arranger(scale)
    arranger.visit(root)
    escalation = read_escalation(root, everything, scale)
    pattern = read_channel_pattern(everything)
    named = _title(root, front, path)
    templates = read_templates(root)
    sent = sent_lines(root, templates)
    playbook = Playbook(
        id=identity(document, corrections),
        title=named,
        source=Source(path, document.sha256, len(document.lines)),
        service=_service(root, front, tuple(arranger.procedures)),
        severities=scale.severities,
        escalation_levels=escalation.chain(scale),
        escalation_by_severity=escalation.by_severity(scale),
        escalation_rules=tuple(escalation.rules),
        roles=read_roles(root, scale),
        contacts=with_those_of_levels(read_contacts(root), escalation.chains.values(), document.lines),
        phases=tuple(without_sent(arranger.phases, sent)),
        procedures=arranger.told_once(),
        templates=templates,
        cadences=read_cadences(root, everything, scale),
        communication=(
            *(rule for rule in read_rules(everything, scale) if rule.lines.first not in sent),
            *read_tables(root, scale),
        ),
        channel_pattern=pattern[0] if pattern else None,
        channel_pattern_lines=pattern[1] if pattern else None,
        postmortem=read_postmortem(root, everything, scale, document.lines),
        duties=read_duties(root),
        links=read_links(root, everything),
        channels=read_channels(root, everything),
        status_page=read_status_page(everything, named),
        review=read_review(everything, front, document.lines),
        business_hours=read_business_hours(everything),
        answers=read_answers(answers, scale.severities),
    )
    if corrections is not None:
        playbook = corrected(playbook, corrections)
    playbook = replace(playbook, blocks=read_fates(root, playbook, answers))
    compiled = Compiled(document, root, everything, scale, escalation, refused, today, look, corrections)
    playbook = settled(replace(playbook, findings=review_findings(playbook, compiled)))
    for top in (root, *answers):
        top.let_go()
    return playbook


def identity(document: Document, corrections: Corrections | None = None) -> str:
    """The id of the playbook of a document: the hash of its words, of its corrections, and of the compiler."""
    said = f"{_READING}:{document.sha256}" + (f":{corrections.sha256}" if corrections else "")
    return f"sha256:{hashlib.sha256(said.encode()).hexdigest()}"


_MENDED = (
    *(with_longer_marks, with_ends, with_pasted, with_spaces, with_terms, with_headings),
    *(with_bullets, with_indents, with_notes),
)
"""What is seen through before the Markdown is read, in this order; the lines stay as many as they are."""

_READING = 65
"""Raised whenever the same words are read differently, so that a pinned playbook is never mistaken for a new one."""


def _title(root: Section, front: dict[str, str], path: str) -> str:
    for section in root.walk():
        if section.level == 1 and re.search(r"\w", section.title.text):
            return section.title.text
    if front.get("title"):
        return front["title"]
    first = next((one for one in root.walk() if one.level > 0), None)
    return first.title.text if first else path.rsplit("/", 1)[-1]


def _service(root: Section, front: dict[str, str], procedures: tuple[Procedure, ...]) -> str | None:
    """The thing that the runbook is about: what its title or its overview calls it; a title may be an incident's."""
    if front.get("service"):
        return front["service"]
    return _service_of_title(root, procedures) or _service_of_overview(root)


def _service_of_overview(root: Section) -> str | None:
    for section in root.walk():
        if section.about in ("", "overview") and section.level <= 2:
            for block in section.blocks:
                if isinstance(block, Text) and (match := _named().search(block.inline.text)):
                    return match["name"] or match["behind"]
    return None


def _service_of_title(root: Section, procedures: tuple[Procedure, ...]) -> str | None:
    named = next((one for one in root.walk() if one.level == 1 and re.search(r"\w", one.title.text)), None)
    title = named.title.text if named is not None else ""
    incidents = (one for one in procedures if one.kind in (ProcedureKind.ALERT, ProcedureKind.INCIDENT))
    incident = named is not None and any(one.lines.first == named.lines.first for one in incidents)
    if incident or not _of_incidents().search(title):
        return None
    for part in re.split(r"\s[—–|-]\s|[:|]", title):
        latin = re.split(r"[\u2e80-\U0010ffff]", part.strip())[0]
        rest = re.sub(r"\s+", " ", _generic().sub(" ", latin)).strip(" -—–:,()&")
        if re.match(r"^[A-Z0-9]", rest) and _may_be_a_name(rest) and _stands_alone(rest, part):
            return rest
    return None


def _may_be_a_name(rest: str) -> bool:
    """Whether what is left of a title is a name: no file, no chapter's usual title, no trouble, nothing to do."""
    if len(rest) < _SHORTEST_NAME or rest.lower().endswith((".md", ".markdown")):  # "# INCIDENT_RESPONSE.md — …"
        return False
    words = vocabulary()
    kinds = (words.sections, words.exact, words.phases, words.parts)
    known = (found for one in kinds if (found := one.best(rest)) is not None)
    if any(one.coverage >= 0.99 for one in known) or says_what_fails(rest):
        return False
    return words_of(rest)[0] not in small_words("imperative")  # "Restore From Backup"


_SHORTEST_NAME = 3
"""Characters."""


def _stands_alone(rest: str, part: str) -> bool:
    """Whether what is left of a part of a title is a name in it, no adjective: "Incidentes Críticos"."""
    before = part.partition(rest)[0].strip(" -—–:,()&")
    last = before.rsplit(None, 1)[-1] if before else ""
    return not before or vocabulary().is_a("runbook", last) or bool(re.search(rf"{any_of('of', 'for')}$", before, re.I))
