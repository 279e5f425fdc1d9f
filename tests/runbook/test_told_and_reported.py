"""Who is told and who is not, what a message holds, and which severities ask for a report."""

import pytest

from tocsin.runbook import compile as compiling
from tocsin.runbook.wording import condition_in

compile_runbook = compiling.compile_runbook

LEVELS = (
    "# Mill\n\n## Severity levels\n\n- **SEV1**: the wheel stands\n- **SEV2**: it is slow\n- **SEV3**: a squeak\n\n"
)


def _told(text: str) -> list[tuple[str, str]]:
    return [
        (one.audience, one.text) for one in compile_runbook(f"# Mill\n\n## Communication\n\n{text}\n").communication
    ]


def test_a_message_is_nothing_to_do_and_no_duty_to_tell() -> None:
    """The lines of a template that stands among the duties are neither steps of the phase nor duties."""
    text = (
        "# Mill\n\n## Response process\n\n### 1. Detection\n\n- Look at the wheel\n\n### 2. Communication\n\n"
        "#### Internal (chat)\n\n```\n🚨 The mill stands\n- Service: wheel\n- Impact: no flour for customers\n"
        "- Lead: [name]\n```\n\n#### External\n\n- Tell the bakers within 1 hour\n"
    )
    playbook = compile_runbook(text)
    assert [one.text for one in playbook.communication] == ["Tell the bakers within 1 hour"]
    assert [one.audience for one in playbook.templates] == ["internal"]
    (talks,) = (phase for phase in playbook.phases if phase.title == "Communication")
    assert [step.title for step in talks.steps if "flour" in step.title or "Service" in step.title] == []


@pytest.mark.parametrize(
    "above",
    [
        "**Updates include:**",
        "**Jede Meldung enthält:**",
        "**Les messages contiennent:**",
        "**Los avisos deben incluir:**",
        "**Cada aviso inclui:**",
        "**通知内容包括:**",
        "**Every notice must include:**",
    ],
)
def test_what_a_message_holds_is_told_to_nobody_by_itself(above: str) -> None:
    """The parts of an update below "Updates include:" are no duties."""
    parts = "- Customer impact\n- Estimated time of the repair\n- Contact of the team\n"
    assert _told(f"{above}\n\n{parts}") == []


def test_the_report_of_an_incident_tells_only_whom_it_names() -> None:
    """A report that is written is no news; one that customers get is."""
    assert _told("- Afterwards: post-mortem in the folder within 2 days") == []
    assert _told("- Customers get the post-mortem within 5 days") == [
        ("customers", "Customers get the post-mortem within 5 days")
    ]


@pytest.mark.parametrize(
    ("text", "audience"),
    [
        ("- Notify the data protection authority within 72 hours", "authorities"),
        ("- Notifier la CNIL sous 72 h", "authorities"),
        ("- Notificar a la autoridad de control en 72 horas", "authorities"),
        ("- Aufsichtsbehörde innerhalb von 72 Stunden informieren", "authorities"),
        ("- Post an update on status.mill.example once it is clear", "customers"),
        ("- Inform users and the regulator within a day", "customers"),
        ("- Tell the on-call team in the channel", "internal"),
    ],
)
def test_authorities_and_the_status_page_are_not_the_team(text: str, audience: str) -> None:
    """Whom the law names hears apart from the team, and an address of a status page is where customers look."""
    ((said, _text),) = _told(text)
    assert said == audience


def test_a_table_of_severities_by_audience_is_on_telling() -> None:
    """A row for each severity and a column for somebody told, whatever its heading is called."""
    rows = "| SEV1 | ✅ at once | if their flour is late |\n| SEV2 | ✅ | ❌ |\n"
    table = f"| Severity | Chat | Customers |\n|---|---|---|\n{rows}"
    rules = compile_runbook(f"{LEVELS}## Communication\n\n### Channels by severity\n\n{table}").communication
    assert [(one.text, one.audience, one.severities) for one in rules if one.audience == "customers"] == [
        ("Customers: if their flour is late", "customers", ("SEV1",))
    ]


@pytest.mark.parametrize(
    ("sentence", "levels"),
    [
        ("Every SEV1 and SEV2 gets a written post-mortem in the folder.", ("SEV1", "SEV2")),
        ("- Write a postmortem (for SEV1/SEV2)", ("SEV1", "SEV2")),
        ("5. **Postmortem** within 5 working days for SEV1/2. Blameless.", ("SEV1", "SEV2")),
        ("Any SEV1 or SEV2 gets a short blameless postmortem.", ("SEV1", "SEV2")),
        ("Après chaque incident SEV1/SEV2, rédiger un post-mortem :", ("SEV1", "SEV2")),
        ("## Post-mortem (tras cada SEV1)\n\n- Causa", ("SEV1",)),
        ("Postmortem для SEV1/SEV2 создаётся не позднее 2 рабочих дней.", ("SEV1", "SEV2")),
        ("Every SEV1 and every SEV2 with more than an hour of standstill gets a post-mortem.", ("SEV1",)),
        ("- **Post-mortem** for SEV1 and any SEV2 that lasted a day: use the form.", ("SEV1",)),
        ("- ポストモーテムを書く（SEV1/2）", ("SEV1", "SEV2")),
        ("A SEV3 postmortem is shorter; a SEV1 postmortem is longer.", ()),
        ("No post-mortem for SEV3.", ()),
        ("- Read the last post-mortems and the open SEV1/SEV2 incidents.", ()),
    ],
)
def test_a_sentence_says_which_severities_ask_for_a_report(sentence: str, levels: tuple[str, ...]) -> None:
    """A level of which each incident is meant asks for one; one in a case only, and a mere remark, do not."""
    policy = compile_runbook(f"{LEVELS}## Afterwards\n\n{sentence}\n").postmortem
    assert (policy.required_for if policy is not None else ()) == levels


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("Close the sluice when safe; call Mara", "when safe"),
        ("Freeze the wheel if confirmed; see chapter 3", "if confirmed"),
        ("Wenn das Rad steht; Mara rufen", "Wenn das Rad steht"),
        ("Treat it as a breach even if nothing was taken", None),
        ("Auch wenn nichts fehlt, die Mühle schließen", None),
        ("Prévenir Mara, même si rien ne manque", None),
        ("Avisar a Mara incluso si no falta nada", None),
    ],
)
def test_a_condition_ends_with_its_clause_and_makes_a_difference(text: str, condition: str | None) -> None:
    """A semicolon ends a condition, and "even if" is none."""
    assert condition_in(text) == condition
