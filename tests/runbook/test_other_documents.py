"""What a runbook leads to: other documents by their paths, addresses in tables, and its own status page only."""

import pytest

from tocsin.runbook import compile as compiling
from tocsin.runbook.playbook import Link

compile_runbook = compiling.compile_runbook


def _links(text: str) -> list[tuple[str, str | None]]:
    return [(one.title, one.url) for one in compile_runbook(text).links]


def _read(text: str) -> tuple[Link, ...]:
    return compile_runbook(text).links


def test_documents_of_a_list_lead_to_their_paths() -> None:
    """A path in code is the address, and what stands beside it shortly is the name."""
    text = (
        "# Mill\n\n## Related documents\n\n- `docs/ovens.md` — how the ovens start\n- Dam: `docs/dam.md`.\n"
        "- `wheel.md`\n- `docs/long.md` — what is to be known of every wheel and of each of its many spokes\n"
        "- `a.md` and `b.md`\n"
    )
    assert _links(text) == [
        ("how the ovens start", "docs/ovens.md"),
        ("Dam", "docs/dam.md"),
        ("wheel.md", "wheel.md"),
        ("docs/long.md", "docs/long.md"),
        ("a.md", "a.md"),
        ("b.md", "b.md"),
    ]
    assert not any(one.in_passing for one in _read(text))


@pytest.mark.parametrize(
    "sentence",
    [
        "If personal data are lost, follow `docs/breach.md` at once.",
        "- Bei Datenverlust gilt docs/breach.md (Kapitel 2).",
        "1. 漏洩時は `docs/breach.md` に従う",
        "| What | Where |\n|---|---|\n| Data | `docs/breach.md` §2 |",
    ],
)
def test_a_document_named_in_passing_is_a_link_and_no_reading(sentence: str) -> None:
    """A sentence that names a document leads there, and is no more understood for it."""
    playbook = compile_runbook(f"# Mill\n\n## Flour\n\n{sentence}\n")
    assert [(one.url, one.in_passing) for one in playbook.links] == [("docs/breach.md", True)]
    assert all(block.became != "link" for block in playbook.blocks)


@pytest.mark.parametrize(
    "said",
    [
        "`docs/reports/YYYY-MM-DD-topic.md`",
        "`reports/REPORT-NNN.md`",
        "`docs/<topic>.md`",
        "`docs/{date}.md`",
        "`$HOME/notes.md`",
        "`*.md`",
        "`docs/*-wheel.md`",
        "https://mill.example/ovens.md.zip",
        "[ovens](docs/ovens.md.bak)",
    ],
)
def test_a_file_that_is_still_to_be_named_is_no_document(said: str) -> None:
    """Blanks in a path, patterns of files and parts of an address name none."""
    assert "document" not in {one.title for one in _read(f"# Mill\n\n## Flour\n\nWrite {said} then.\n")}
    assert not any((one.url or "").endswith(".md") for one in _read(f"# Mill\n\n## Flour\n\nWrite {said} then.\n"))


def test_a_document_is_named_once() -> None:
    """The list names it best, a link of Markdown stands for each mention, and headings of one's own lead nowhere."""
    text = (
        "# Mill\n\n- [Ovens](#ovens)\n- [Dam](#dam)\n\n## Ovens\n\nSee `docs/ovens.md` and `dam.md`.\n\n"
        "## Dam\n\n[Dam](./docs/dam.md)\n\n## Links\n\n- Ovens: `docs/ovens.md`\n"
    )
    assert _links(text) == [("Dam", "./docs/dam.md"), ("Ovens", "docs/ovens.md")]


def test_an_address_in_a_table_is_named_after_its_row() -> None:
    """The first cell says whose address it is; one that several rows share is named by itself."""
    rows = "| Dam | https://dam.example |\n| Wheel | https://wheel.example |\n"
    assert _links(f"# Mill\n\n## Where\n\n| Place | Address |\n|---|---|\n{rows}") == [
        ("Dam", "https://dam.example"),
        ("Wheel", "https://wheel.example"),
    ]
    shared = "| Dam | `wheel.md` |\n| Sluice | `wheel.md` |\n"
    assert _links(f"# Mill\n\n## Where\n\n| Place | Text |\n|---|---|\n{shared}") == [("wheel.md", "wheel.md")]


def test_a_blank_in_an_address_leads_nowhere() -> None:
    """Outside of a list of links such an address is an example; inside it waits to be filled in."""
    assert _links("# Mill\n\n## Flour\n\nOpen https://<host>/health then.\n") == []
    (link,) = _read("# Mill\n\n## Links\n\n- Health: https://<host>/health\n")
    assert (link.url, link.unfilled) == ("https://<host>/health", True)


@pytest.mark.parametrize(
    ("title", "host", "own"),
    [
        ("Mill", "status.stripe.com", False),
        ("Mill", "status.supabase.com", False),
        ("Stripe checkout", "status.stripe.com", True),
        ("Mill", "status.mill.example", True),
    ],
)
def test_the_page_of_a_provider_is_not_that_of_the_team(title: str, host: str, own: bool) -> None:
    """A well-known host is looked at and never written to, unless the document is its own."""
    playbook = compile_runbook(f"# {title} runbook\n\n## Look\n\n1. **Till status** – https://{host} first.\n")
    assert (playbook.status_page is not None) is own


def test_a_link_in_the_line_above_a_block_is_one() -> None:
    """A line that ends in a colon, and the sentences around a template, lead where they say; blanks do not."""
    text = (
        "# MILL.md\n\n## Post-mortem template\n\nCopy [the form](../forms/report.md) into:\n\n"
        "```text\nreports/day.md\n```\n\n"
        "See also [the chart](chart.md) and [link](<url>).\n\n## Wheel\n\nAs in `docs/wheel.md`:\n\n- turn it\n"
    )
    assert _links(text) == [
        ("the chart", "chart.md"),
        ("the form", "../forms/report.md"),
        ("docs/wheel.md", "docs/wheel.md"),
    ]
