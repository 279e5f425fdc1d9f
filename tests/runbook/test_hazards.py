"""Rows D1 to D30 of the reliability list: what documents do to a compiler."""

from __future__ import annotations

import cProfile
import random
import time
from datetime import date

import pytest

from tests.runbook.asked import codes
from tocsin.errors import BadDocument
from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.instructions import Effect, Step
from tocsin.runbook.playbook import Finding, Playbook
from tocsin.runbook.stated import Duration, DurationKind

PROCEDURE = "# R\n\n## Common incidents\n\n### Down\n\n**Resolution:**\n\n{}\n"


def steps(playbook: Playbook) -> list[Step]:
    """Every step in order."""
    return [step for group in (*playbook.phases, *playbook.procedures) for step in group.steps]


def commands(playbook: Playbook) -> list[str]:
    """The text of every shell statement."""
    return [step.command.text for step in steps(playbook) if step.command and step.command.language == "sh"]


def found(playbook: Playbook, code: str) -> list[Finding]:
    """The findings of that code."""
    return [one for one in playbook.findings if one.code == code]


def in_procedure(text: str) -> Playbook:
    """A document with one procedure whose resolution is ``text``."""
    return compile_runbook(PROCEDURE.format(text))


@pytest.mark.parametrize("data", [b"", b"   \n\t\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n\n"])
def test_d1_d2_an_empty_document_is_valid_and_warned_about(data: bytes) -> None:
    """D1, D2: nothing, spaces or a byte order mark: an empty playbook and one warning."""
    playbook = compile_runbook(data)
    assert codes(playbook) == {"TOC101"}
    assert not playbook.severities
    assert not steps(playbook)


def test_d3_a_huge_file_is_refused_at_once() -> None:
    """D3: 50 MB are refused by their size, well below a second."""
    data = b"x" * 50_000_000
    start = time.perf_counter()
    with pytest.raises(BadDocument):
        compile_runbook(data)
    assert time.perf_counter() - start < 0.5


@pytest.mark.parametrize("head", [b"\x89PNG\r\n\x1a\n", b"\x7fELF\x02\x01", b"PK\x03\x04", b"%PDF-1.7"])
def test_d4_a_binary_file_is_no_text(head: bytes) -> None:
    """D4: pictures, programs and archives named .md."""
    with pytest.raises(BadDocument):
        compile_runbook(head + random.Random(1).randbytes(500))


def test_d4_unknown_binary_is_no_text() -> None:
    """D4: control characters give it away, whatever the first bytes are."""
    with pytest.raises(BadDocument):
        compile_runbook(bytes(range(32)) * 50)


def test_d5_nul_is_replaced_and_reported() -> None:
    """D5: a NUL never reaches a command, and the line is an error."""
    playbook = in_procedure("```bash\nkubectl get pods\x00 -A\n```")
    assert [one.line for one in found(playbook, "TOC104")] == [10]
    assert "\x00" not in commands(playbook)[0]


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n"])
def test_d6_line_ends_do_not_matter(end: str) -> None:
    """D6: CRLF and lone CR read like LF: same id, same commands, same lines."""
    text = PROCEDURE.format("```bash\nfalse\ntrue\nkubectl get pods\n```")
    playbook, reference = compile_runbook(text.replace("\n", end)), compile_runbook(text)
    assert playbook == reference
    assert "kubectl get pods" in commands(playbook)


def test_d7_latin_1_is_read_with_a_warning() -> None:
    """D7: bytes that are no UTF-8 are read as Windows-1252, and it is said."""
    playbook = compile_runbook("# Café\n".encode("cp1252"))
    assert (playbook.title, [one.line for one in found(playbook, "TOC102")]) == ("Café", [1])


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_d7_utf_16_with_its_mark(encoding: str) -> None:
    """D7: UTF-16 is known by its byte order mark."""
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}[encoding]
    assert compile_runbook(mark + "# Überblick\n".encode(encoding)).title == "Überblick"


def test_d8_mojibake_is_shown_with_its_repair_and_commands_are_never_touched() -> None:
    """D8: templates use the repaired text; a command keeps every byte."""
    siren = "ðŸš¨"
    text = f"# R\n\n## Message templates\n\n### Alert\n```\n{siren} INCIDENT [Severity]\n```\n" + PROCEDURE.format(
        f"```bash\necho '{siren}'\n```"
    )
    playbook = compile_runbook(text)
    assert playbook.templates[0].body == "🚨 INCIDENT [Severity]"
    assert f"echo '{siren}'" in commands(playbook)
    assert len(found(playbook, "TOC103")) == 2
    assert "🚨" in found(playbook, "TOC103")[0].fix


@pytest.mark.parametrize("hidden", ["\u202e", "\u200b", "\u2066", "\ufeff"])
def test_d9_invisible_characters_in_a_command_are_errors(hidden: str) -> None:
    """D9: right-to-left marks and zero-width characters are shown by their numbers."""
    playbook = in_procedure(f"```bash\nkubectl delete {hidden}pod x\n```")
    assert "\\u" in found(playbook, "TOC105")[0].message


def test_d9_letters_that_look_alike_are_errors() -> None:
    """D9: a Cyrillic a in a Latin word."""
    assert found(in_procedure("```bash\nkubectl delete p\u043ed x\n```"), "TOC105")


def test_d10_nothing_after_an_open_fence_becomes_a_step() -> None:
    """D10: the error is at the opening line; what follows is not read."""
    playbook = compile_runbook(
        PROCEDURE.format("```bash\nkubectl get pods") + "\n## Severity levels\n- **P0**: all\n- **P1**: some\n"
    )
    assert [one.line for one in found(playbook, "TOC106")] == [9]
    assert commands(playbook) == []
    assert playbook.severities == ()


def test_d11_fences_in_lists_tildes_and_longer_fences() -> None:
    """D11: contents are exact, and headings inside a fence stay inside."""
    inner = "1. First\n   ~~~sh\n   df -h\n   ~~~\n2. Second\n\n   ````bash\n   cat <<'X'\n   ```\n   X\n   ````\n"
    playbook = in_procedure(inner)
    assert commands(playbook) == ["df -h", "cat <<'X'\n```\nX"]


def test_d11_a_fenced_template_gives_no_headings_and_no_steps() -> None:
    """D11: a post-mortem skeleton with headings and lists is one text."""
    skeleton = "# Post-mortem\n\n## Timeline\n- [time] first\n\n## Common incidents\n### Fake\n1. run"
    playbook = compile_runbook(f"# R\n\n## Post-mortem template\n\n```markdown\n{skeleton}\n```\n")
    assert playbook.postmortem is not None
    assert playbook.postmortem.template == skeleton
    assert not playbook.procedures
    assert not steps(playbook)


def test_d12_an_untagged_fence_of_prose_is_never_run() -> None:
    """D12: check marks, numbers and arrows are things to do by hand."""
    playbook = in_procedure(
        "```\n✅ make sure that everybody knows\n→ kill the job if needed\n1. open an incident\n```"
    )
    assert commands(playbook) == []
    assert len(steps(playbook)) == 3


def test_d13_doubled_headings_have_stable_ids() -> None:
    """D13: the same title twice: different keys and ids; new lines before them change nothing."""
    body = (
        "## Common incidents\n\n### Down\n\n- `kubectl get pods`\n\n"
        "### Down\n\n- `kubectl get pods`\n- `kubectl get pods`\n"
    )
    first, moved = compile_runbook("# R\n\n" + body), compile_runbook("# R\n\nWords.\n\nMore words.\n\n" + body)
    assert [one.key for one in first.procedures] == ["down", "down-2"]
    ids = [step.id for step in steps(first)]
    assert len(set(ids)) == 3
    assert ids == [step.id for step in steps(moved)]
    assert "TOC112" in codes(first)


def seconds_for(shape: str, size: int, salt: str) -> float:
    """Processor time to compile a text, with words that nothing remembers from before."""
    text = GROWING[shape](size).replace("Heading", f"Heading {salt}{size}")
    start = time.process_time()
    compile_runbook(text)
    return time.process_time() - start


GROWING = {
    "jumps": lambda n: "# H\n\n##### Deep\n\ntext\n" * (n // 2),
    "headings": lambda n: "".join(f"{'#' * (k % 6 + 1)} Heading {k}\n" for k in range(n)),
    "items": lambda n: "- P0: x\n" * n,
    "runbook": lambda n: PROCEDURE.format("1. Look: `kubectl get pods`\n\n```bash\n# Why\ndf -h\n```\n") * (n // 10),
    "rows": lambda n: "| Severity | Response |\n|---|---|\n" + "| P0 | 5 min |\n" * n,
    "comments": lambda n: "```bash\n" + "# text\n" * n + "```\n",
    "mark of a note": lambda n: "!!! note" + " " * (4 * n) + '"x\n',
    "tag": lambda n: "{{<" + " " * (8 * n) + "x\n",
    "sql": lambda n: PROCEDURE.format("```sql\n" + "from pg_stat_activity where " * (n // 5) + "\n```"),
}


@pytest.mark.parametrize("shape", sorted(GROWING))
def test_d14_four_times_the_text_takes_about_four_times_the_time(shape: str) -> None:
    """D14: jumps, tens of thousands of headings, items, rows: linear, not quadratic; once of two times must show it."""
    seconds_for(shape, 100, "")
    small = min(seconds_for(shape, 2500, salt) for salt in ("one", "two"))
    most = 9 * small + 0.3  # linear is 4, quadratic 16
    large = (seconds_for(shape, 10_000, salt) for salt in ("one", "two"))
    assert any(seconds < most for seconds in large)


@pytest.mark.parametrize(
    "text",
    [
        "> " * 500 + "deep\n",
        "".join("  " * n + "- item\n" for n in range(500)),
        "(" * 5000 + "\n",
        "# " + "a " * 20_000,
    ],
    ids=["500 quotes", "500 lists", "brackets", "long heading"],
)
def test_d14_depth_breaks_nothing(text: str) -> None:
    """D14: absurd nesting is cut, never an exception."""
    assert compile_runbook(text).blocks is not None


def test_d15_a_severity_outside_the_scale_is_reported() -> None:
    """D15: P7 is none of P0 to P1: nothing is guessed upward."""
    playbook = compile_runbook(
        "## Severity levels\n- **P0 - Critical**: all\n- **P1 - High**: some\n\n## Notes\n\n- Page the CTO for P7\n"
    )
    assert [one.line for one in found(playbook, "TOC111")] == [7]
    assert playbook.severity("P7") is None


def test_d15_two_scales_are_an_error() -> None:
    """D15: P0/P1 and SEV1/SEV2 in one document: the mapping is asked for."""
    text = "## Severity levels\n- **P0**: all\n- **P1**: some\n\n## Notes\n- SEV1 pages at once\n- SEV2 waits\n"
    playbook = compile_runbook(text)
    assert [one.name for one in playbook.severities] == ["P0", "P1"]
    assert found(playbook, "TOC110")


def test_d15_spelling_does_not_matter() -> None:
    """D15: SEV-0, SEV0 and sev 0 are one level."""
    playbook = compile_runbook(
        "## Severity levels\n- **SEV-0**: all\n- **SEV-1**: some\n\n"
        "## Response times\n- **SEV0**: 5 minutes\n- **sev 1**: 1 hour\n"
    )
    assert [one.response_target.seconds for one in playbook.severities if one.response_target] == [300, 3600]


def test_a_scale_that_runs_upward_is_turned_round() -> None:
    """Rank 0 is the most severe: where all labels say that the list runs upward, it is reversed."""
    playbook = compile_runbook("## Severity levels\n- **S1 - Low**: a\n- **S2 - High**: b\n- **S3 - Critical**: c\n")
    assert [(one.name, one.rank) for one in playbook.severities] == [("S3", 0), ("S2", 1), ("S1", 2)]


def test_d16_conflicting_targets_name_both_lines() -> None:
    """D16: list against table; the first one is used, and both lines are shown."""
    text = (
        "## Severity levels\n- **P0**: all\n- **P1**: some\n\n"
        "## Response times\n- **P0**: 15 minutes\n- **P1**: 1 hour\n\n"
        "## Escalation\n\n| Severity | Response time | Escalation |\n"
        "|---|---|---|\n| P0 | 5 minutes | A → B |\n| P1 | 1 hour | A → B |\n"
    )
    playbook = compile_runbook(text)
    conflict = found(playbook, "TOC402")
    assert [(one.line, one.related) for one in conflict] == [(13, (6,))]
    assert playbook.severities[0].response_target == Duration(900, "15 minutes", DurationKind.ELAPSED, (6, 6))  # type: ignore[arg-type]


@pytest.mark.parametrize("wrong", ["-5 minutes", "1e9 h", "99999 weeks"])
def test_d17_impossible_times_are_rejected_never_zero(wrong: str) -> None:
    """D17: a slip of the pen is an error, and no target is set."""
    playbook = compile_runbook(
        f"## Severity levels\n\n### P0 - Critical\n- all\n- **Response Time**: {wrong}\n\n"
        "### P1 - High\n- some\n- **Response Time**: 1 hour\n"
    )
    assert playbook.severities[0].response_target is None
    assert [one.line for one in found(playbook, "TOC405")] == [5]


def test_d18_a_circle_is_an_error_with_its_path() -> None:
    """D18: A → B → A."""
    playbook = compile_runbook(
        "## Severity levels\n- **P0**: a\n- **P1**: b\n\n## Escalation\n\n- P0: On-call → Team Lead → On-call\n"
    )
    assert "On-call → Team Lead → On-call" in found(playbook, "TOC306")[0].message


def test_d18_a_level_that_reaches_nobody_is_reported() -> None:
    """D18: somebody who is listed nowhere."""
    playbook = compile_runbook(
        "## Escalation path\n1. **Duty officer** (at once)\n"
        "2. **The wizard** (after 10 minutes)\n\n## Contacts\n- **Duty officer**: +1 202 456 1111\n"
    )
    assert [one.message for one in found(playbook, "TOC302")] == ["the document has no way to reach wizard"]


def test_d19_numbers_from_films_and_placeholders_are_reported() -> None:
    """D19: 555-01xx, example.com and brackets reach nobody."""
    playbook = compile_runbook(
        "## Contacts\n- **A**: +1-555-0199\n- **B**: b@example.com\n"
        "- **C**: [name and number]\n- **D**: +49 30 1234567\n"
    )
    assert [one.line for one in found(playbook, "TOC308")] == [2, 3]
    assert [(one.name, one.unfilled) for one in playbook.contacts] == [
        ("A", False),
        ("B", False),
        ("C", True),
        ("D", False),
    ]


@pytest.mark.parametrize(
    ("text", "argv"),
    [
        ("git checkout <previous-stable-commit>", ("git", "checkout", "<previous-stable-commit>")),
        ("make scale service=<service-name> count=3", ("make", "scale", "service=<service-name>", "count=3")),
        ("make logs service=<api|web|db>", ("make", "logs", "service=<api|web|db>")),
        ("kubectl logs [pod-name] --tail=5", ("kubectl", "logs", "[pod-name]", "--tail=5")),
        ("kubectl logs {pod} --tail=5", ("kubectl", "logs", "{pod}", "--tail=5")),
    ],
)
def test_d20_placeholders_stay_words(text: str, argv: tuple[str, ...]) -> None:
    """D20: to a shell these are redirections, pipes and globs; here they are blanks to fill in."""
    step = next(step for step in steps(in_procedure(f"```bash\n{text}\n```")) if step.command)
    assert step.command is not None
    assert (step.command.pipeline, step.command.needs_shell) == ((argv,), False)
    assert len(step.command.parameters) == 1


def test_d20_the_command_after_a_placeholder_is_its_own() -> None:
    """D20: a shell parser would take the next line for the target of the redirection."""
    assert commands(in_procedure("```bash\ngit checkout <commit>\nnpm ci\n```")) == ["git checkout <commit>", "npm ci"]


def test_d21_sql_lines_are_never_shell() -> None:
    """D21: SQL below a bare client is its input; SQL alone has no client and is never run."""
    playbook = in_procedure(
        "```bash\nmysql shop\nUPDATE orders SET state = 1;\ndf -h\n```\n\n```sql\nDELETE FROM jobs;\n```"
    )
    assert commands(playbook) == ["mysql shop", "df -h"]
    first = next(step for step in steps(playbook) if step.command)
    assert first.command is not None
    assert (first.command.stdin, first.command.effect) == ("UPDATE orders SET state = 1;", Effect.DESTRUCTIVE)
    assert found(playbook, "TOC223")


def test_d22_comments_and_switched_off_sql_are_no_commands() -> None:
    """D22: a block of comments holds things to do by hand, or nothing."""
    playbook = in_procedure("```bash\n# DROP TABLE users;\n```\n\n```bash\n# Ask the owner first\n```")
    assert commands(playbook) == []
    assert [step.title for step in steps(playbook)] == ["Ask the owner first"]


@pytest.mark.parametrize(
    "text",
    [
        'psql "$DB" -c "\nSELECT 1\nFROM t;\n"',
        "aws ecs list-tasks \\\n  --cluster a \\\n  --service-name b",
        "for p in a b; do\n  kubectl delete pod $p\ndone",
        "cat <<EOF | kubectl apply -f -\nkind: Pod\nEOF",
        "kubectl get pods |\n  grep -v Running",
        "if true; then\n  df -h\nfi",
    ],
)
def test_d23_statements_over_several_lines_are_one(text: str) -> None:
    """D23: quotes, continuations, loops, here-documents, open pipes."""
    playbook = in_procedure(f"```bash\n{text}\nuptime\n```")
    assert commands(playbook) == [text, "uptime"]


def test_d23_a_quote_that_never_closes_swallows_one_line_only() -> None:
    """D23: the rest of the block is read, and the line is an error."""
    playbook = in_procedure('```bash\npsql -c "SELECT 1\ndf -h\nfree -m\n```')
    assert commands(playbook) == ['psql -c "SELECT 1', "df -h", "free -m"]
    assert found(playbook, "TOC216")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1. Check pods: `kubectl get pods`", ["kubectl get pods"]),
        ("- `pipx install thing` is failing for everybody", []),
        ("- The `kubectl` commands", []),
        ("- Run `./scripts/check.sh --all` first", ["./scripts/check.sh --all"]),
        ("- Look at `state.value` and `a/b`", []),
        ("gcloud compute ssh <node>", ["gcloud compute ssh <node>"]),
        ("Make sure that the service is up.", []),
        ("> ```bash\n> df -h\n> ```", ["df -h"]),
        ("    df -h", ["df -h"]),
    ],
)
def test_d24_commands_in_prose(text: str, expected: list[str]) -> None:
    """D24: a code span to run, a command that is only talked about, a bare line, quotes and indented blocks."""
    assert commands(in_procedure(text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "word " * 200_000,
        "*a**a" * 150_000,
        "|" + "a|" * 10_000 + "\n|" + "-|" * 10_000 + "\n|" + "b|" * 10_000 + "\n",
        "[" * 50_000,
        "`" * 100_000,
        "<" * 100_000,
        "```bash\n" + "'\n" * 20_000 + "```\n",
    ],
    ids=["line", "emphasis", "columns", "brackets", "backticks", "angles", "quotes"],
)
def test_d25_pathological_text_is_quick(text: str) -> None:
    """D25: absurd lines and tables cost a second of the processor at most on an idle machine."""
    start = time.process_time()
    compile_runbook(text)
    assert time.process_time() - start < 4


def calls_for(text: str) -> int:
    """How many calls it takes to compile a text: a measure that no other process disturbs."""
    profile = cProfile.Profile()
    profile.enable()
    compile_runbook(text)
    profile.disable()
    return sum(entry.callcount for entry in profile.getstats())


@pytest.mark.parametrize(
    "unit", ["**Fix:**\n- a\n\n", "# Levels\n\n- P1: a\n\n", "SEV1: a\n\n"], ids=["labels", "chapters", "levels"]
)
def test_d25_twice_the_text_is_twice_the_work(unit: str) -> None:
    """D25: reading is linear in the number of labels, of chapters and of levels below one heading."""
    calls_for("## Escalation\n\n" + unit)
    once, twice = (calls_for("## Escalation\n\n" + unit * times) for times in (300, 600))
    assert twice < 2.15 * once


def test_d26_html_is_inert_text() -> None:
    """D26: scripts are never rendered and give no steps; a hidden heading in a comment is no section."""
    playbook = compile_runbook(
        "<script>alert(1)</script>\n\n<!--\n## Severity levels\n"
        "- **P0**: a\n- **P1**: b\n-->\n\n[x](javascript:alert(1))\n"
    )
    assert found(playbook, "TOC113")
    assert playbook.severities == ()
    assert all(not (link.url or "").startswith("javascript") for link in playbook.links)


@pytest.mark.parametrize(
    "head",
    ["a: &x [1]\nb: *x", "owner: !!python/object:os.system x", "title: A\ntitle: B", "a: &a [*a, *a]"],
)
def test_d27_front_matter_tricks_are_refused(head: str) -> None:
    """D27: anchors, tags and doubled keys are not read, and it is said."""
    playbook = compile_runbook(f"---\n{head}\n---\n\n# Real title\n")
    assert "TOC114" in codes(playbook)
    assert playbook.title == "Real title"


def test_plain_front_matter_is_read() -> None:
    """A title and a review date in the head are as good as in the text."""
    playbook = compile_runbook('---\ntitle: Incident management\nlast_reviewed_on: "2024-01-23"\n---\n\n## A\n\ntext\n')
    assert (playbook.title, playbook.review.last) == ("Incident management", date(2024, 1, 23))


def test_d28_links_are_never_followed() -> None:
    """D28: a path out of the repository is kept as text and reported."""
    playbook = compile_runbook("## Links\n\n- [hosts](../../../../etc/hosts)\n")
    assert playbook.links[0].url == "../../../../etc/hosts"
    assert found(playbook, "TOC607")


def test_d29_same_words_same_id() -> None:
    """D29: the id depends on the words alone; an edit makes another playbook."""
    one, same, edited = compile_runbook("# A\n"), compile_runbook("# A\n", path="other.md"), compile_runbook("# B\n")
    assert one.id == same.id
    assert one.id != edited.id


def test_d30_a_step_that_contradicts_itself_is_reported() -> None:
    """D30: pg_restore with a plain SQL file."""
    assert found(in_procedure("```bash\npg_restore -d shop dump.sql\n```"), "TOC206")
