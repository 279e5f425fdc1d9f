"""Writes docs/findings from the catalogue: `python -m tools.finding_pages`."""

from __future__ import annotations

from pathlib import Path

from tocsin.runbook.findings import Entry, catalogue

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "findings"

_FAMILIES = {
    "1": "The document",
    "2": "Commands",
    "3": "People and escalation",
    "4": "Clocks",
    "5": "Communication",
    "6": "Upkeep",
}


def page(entry: Entry) -> str:
    """The page of one code."""
    return (
        f"# {entry.code}: {entry.title}\n\n"
        f"Severity: **{entry.severity}**\n\n"
        f"## Why\n\n{entry.why}\n\n"
        f"## Example\n\n````text\n{entry.example}\n````\n\n"
        f"## Fix\n\n{entry.fix}\n"
    )


def index() -> str:
    """The list of all codes."""
    lines = [
        "# Findings",
        "",
        "`tocsin check RUNBOOK.md` prints findings as a compiler does: `path:line:column: CODE severity message`,",
        "and how to fix them.",
        "It exits 0 when there are none or only warnings, 1 when there is an error.",
    ]
    family = ""
    for code, entry in catalogue().items():
        if code[3] != family:
            family = code[3]
            lines += ["", f"## {_FAMILIES[family]}", "", "| Code | Severity | Meaning |", "|---|---|---|"]
        lines.append(f"| [{code}]({code}.md) | {entry.severity} | {entry.title} |")
    return "\n".join(lines) + "\n"


def pages() -> dict[str, str]:
    """Every file of docs/findings by its name."""
    return {"README.md": index(), **{f"{code}.md": page(entry) for code, entry in catalogue().items()}}


def main() -> None:
    """Write the pages and remove those of codes that are gone."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    wanted = pages()
    for old in FOLDER.glob("*.md"):
        if old.name not in wanted:
            old.unlink()
    for name, text in wanted.items():
        (FOLDER / name).write_text(text, "utf-8")
    print(f"{len(wanted)} pages in {FOLDER.name}")


if __name__ == "__main__":
    main()
