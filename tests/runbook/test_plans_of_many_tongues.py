"""What plans of teams in Asia and Eastern Europe write, and others as well: ladders in YAML, rows, cards, messages."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.document.sections import parse_title
from tocsin.runbook.instructions import ProcedureKind
from tocsin.runbook.playbook import ContactKind, Playbook, Trigger

SCALE_ROWS = "| P1 | Mill stands | 15 min |\n| P2 | Dust | 1 hour |\n\n"
SCALE = f"## Severity levels\n\n| Level | Definition | Response |\n|---|---|---|\n{SCALE_ROWS}"


def _read(text: str) -> Playbook:
    return compile_runbook(f"# Mill\n\n{text}\n")


def test_levels_below_a_key_are_called_when_their_stretch_begins() -> None:
    """A mapping of levels in YAML, wherever it stands, is a ladder; other mappings there are none."""
    ladder = "  L1: Miller (0-15 min)\n  L2: Head miller (15-30 min)\n  L3: Owner (60+ min)\n"
    block = f"```yaml\nOn-call:\n  Primary: '@ann'\n\nEscalation path:\n{ladder}```\n"
    found = _read(f"## Team\n\n{block}").escalation_levels
    assert [(*level.targets, level.after and level.after.seconds, level.trigger) for level in found] == [
        ("Miller", None, Trigger.START),
        ("Head miller", 900, Trigger.UNRESOLVED),
        ("Owner", 3600, Trigger.UNRESOLVED),
    ]


def test_levels_without_a_stretch_are_no_ladder_by_themselves() -> None:
    """What a level is for, "L1: Ask the desk (first)", says nothing of when it is called."""
    block = "```yaml\nEscalation path:\n  L1: Miller (first)\n  L2: Owner (later)\n```\n"
    assert _read(f"## Team\n\n{block}").escalation_levels == ()


@pytest.mark.parametrize(
    ("first", "second", "whom"),
    [
        ("P1障害検知 | 即座に水車長へ連絡", "P1障害が1時間以内に解決しない | 工場長へ連絡", "水車長"),
        ("发现P1故障 | 立即联系水车主管", "P1故障超过1小时仍未解决 | 联系厂长", "水车主管"),
    ],
)
def test_a_row_is_of_the_severity_that_stands_right_beside_a_word(first: str, second: str, whom: str) -> None:
    """P1障害 speaks of P1, and how soon somebody is called is no part of the name."""
    table = f"| 条件 | エスカレーション先 |\n|---|---|\n| {first} |\n| {second} |\n"
    playbook = _read(f"{SCALE}## Escalation\n\n### Conditions\n\n{table}")
    chain = playbook.escalation_by_severity.get("P1") or playbook.escalation_levels
    assert [level.targets for level in chain][:1] == [(whom,)]
    assert [level.after and level.after.seconds for level in chain] == [None, 3600]


def test_a_case_to_open_calls_nobody() -> None:
    """電力会社にケース作成 is done by whoever reads it; the row is a reason, and no level."""
    rows = "| P1障害検知 | 水車長へ連絡 |\n| P1障害が1時間以内に解決しない | 工場長へ連絡 |\n"
    case = "| 電力の障害 | 電力会社サポートにケース作成 |\n"
    playbook = _read(f"{SCALE}## Escalation\n\n| 条件 | エスカレーション先 |\n|---|---|\n{rows}{case}")
    chains = [playbook.escalation_levels, *playbook.escalation_by_severity.values()]
    assert not [one for chain in chains for one in chain if "電力" in one.targets[0]]
    assert [rule.text for rule in playbook.escalation_rules] == ["電力の障害 → 電力会社サポートにケース作成"]


def test_names_in_a_block_with_a_channel_among_them_are_contacts() -> None:
    """Numbers that were left out are places for them, and neither a channel nor a page for the duty is anybody."""
    lines = "Miller on duty: +7-XXX-XXX-XXXX\nHead miller: +7-XXX-XXX-XXXX\nSlack channel: #mill\nPagerDuty: https://mill.example\n"
    assert [one.name for one in _read(f"## Contacts\n\n```\n{lines}```\n").contacts] == [
        "Miller on duty",
        "Head miller",
    ]


def test_the_number_of_an_account_is_none_to_call() -> None:
    """In a column that says so, in both scripts of Chinese as well."""
    for head in ("Service | Contact | Account ID", "服務 | 聯絡方式 | 帳號 ID"):
        text = f"## Contacts\n\n### 外部廠商\n\n| {head} |\n|---|---|---|\n| Grid support | +1-800-XXX | 123456789 |\n"
        [contact] = _read(text).contacts
        assert contact.kind is ContactKind.VENDOR
        assert contact.channels == ()


@pytest.mark.parametrize("label", ["Service hours", "工作时间", "Часы работы", "対応時間"])
def test_the_hours_of_a_desk_are_nobody(label: str) -> None:
    """They are listed among its addresses, and hold for all of them."""
    items = f"- **Mill desk**: desk@mill.example\n- **Night miller**: +49 555 0142\n- **{label}**: all day\n"
    assert [one.name for one in _read(f"## Contacts\n\n{items}").contacts] == ["Mill desk", "Night miller"]


def test_a_rhythm_in_the_name_of_an_address_is_none() -> None:
    """`POST /daily-report` is called whenever somebody does."""
    assert _read("## Communication\n\n- Update the status by `POST /daily-report`\n").cadences == ()
    assert len(_read("## Communication\n\n- Update the status daily by `POST /daily-report`\n").cadences) == 1


@pytest.mark.parametrize(
    ("raw", "text"), [('A.1 "Sieve torn"', '"Sieve torn"'), ("B.12. Dust", "Dust"), ("C.2.1 Mill", "Mill")]
)
def test_the_number_of_an_appendix_is_no_part_of_a_title(raw: str, text: str) -> None:
    """Its letter alone was taken away, and the number was left."""
    assert parse_title(raw).text == text


def test_a_chapter_on_recovery_with_one_for_each_failure_holds_incidents() -> None:
    """What is done in general, and once it runs again, is recovery as before."""
    mill = "### Mill is down\n\n#### Case 1: Restart\n\n```bash\nsystemctl restart mill\n```\n\n"
    sieve = "### Sieve has failed\n\n```bash\nmillctl sieve\n```\n\n"
    books = "### Restore the books\n\n```bash\nmillctl restore\n```\n"
    found = [(one.title, one.kind) for one in _read(f"## Recovery procedures\n\n{mill}{sieve}{books}").procedures]
    assert found == [
        ("Mill is down", ProcedureKind.INCIDENT),
        ("Sieve has failed", ProcedureKind.INCIDENT),
        ("Restore the books", ProcedureKind.RECOVERY),
    ]


def test_a_message_with_its_particulars_is_a_template_where_people_are_told() -> None:
    """One line of it begins with a pictograph; several that do are a checklist."""
    message = "```markdown\n# Slack #mill\n\n🚨 **Mill stands**\n\n- Since: 10:25\n```\n"
    checks = "```\n✅ Update the page\n✅ Tell the bakers\n```\n"
    assert len(_read(f"## Communication\n\n**To bakers**:\n\n{message}").templates) == 1
    assert _read(f"## Communication\n\n{checks}").templates == ()


def test_who_responds_is_no_response_time() -> None:
    """대응 팀 begins with the word for a response, and names the team."""
    level = (
        "### P0\n\n**정의**: 물레방아 정지\n\n**SLA**: 15분 이내 초기 대응 시작\n\n**대응 팀**: 당직자 즉시 소집\n\n"
    )
    other = "### P1\n\n**정의**: 먼지\n\n**SLA**: 1시간 이내 초기 대응 시작\n\n"
    playbook = _read(f"## 장애 등급\n\n{level}{other}")
    assert [one.response_target and one.response_target.seconds for one in playbook.severities] == [900, 3600]
    assert "TOC402" not in {one.code for one in playbook.findings}
