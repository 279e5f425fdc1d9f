"""Runbooks that are written in HTML, as far as Markdown lets them be; each document here is our own."""

# ruff: noqa: E501 - HTML is written in long lines

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.document.blocks import Fence, Heading, ItemList, Quote, Raw, Table, Text, parse_blocks
from tocsin.runbook.document.html import with_html

PAGE = """<h1>Tram gate runbook</h1>

<h2>Gates stay shut</h2>
<p><b>Symptoms</b>: gates refuse every ticket</p>
<p>Look at the controller:</p>
<pre><code class="language-bash">curl -sS http://gates.internal:8080/healthz
systemctl status gated
</code></pre>
<p>Then start it again:</p>
<pre>sudo systemctl restart gated</pre>
"""


def test_headings_and_code_of_html_become_a_procedure() -> None:
    """<h2> opens a section, <pre> holds commands, <b> marks a label."""
    (found,) = compile_runbook(PAGE).procedures
    assert (found.title, [one.text for one in found.symptoms]) == ("Gates stay shut", ["gates refuse every ticket"])
    assert [(step.lines.first, step.command.text) for step in found.steps if step.command] == [
        (6, "curl -sS http://gates.internal:8080/healthz"),
        (7, "systemctl status gated"),
        (10, "sudo systemctl restart gated"),
    ]


def test_a_table_of_html_is_a_table_with_its_lines() -> None:
    """A scale in <table>, an empty line inside of it included, reads like one in Markdown."""
    text = (
        "# R\n\n## Severity\n\n<table>\n<tr><th>Level</th><th>Definition</th><th>Response time</th></tr>\n"
        "<tr><td>SEV1</td><td>All trams stand</td><td>10 minutes</td></tr>\n\n"
        "<tr><td>SEV2</td><td>A line stands</td><td>1 hour</td></tr>\n</table>\n"
    )
    levels = compile_runbook(text).severities
    assert [(one.name, one.response_target.seconds, one.lines.first) for one in levels if one.response_target] == [
        ("SEV1", 600, 7),
        ("SEV2", 3600, 9),
    ]


@pytest.mark.parametrize(
    ("html", "kinds"),
    [
        ("<ul><li>a<ul><li>b</li></ul><li>c</ul>", [ItemList]),
        ("<blockquote><p>All is well</p></blockquote>", [Quote]),
        ("<details>\n<summary>Disk full</summary>\n\n```sh\ndf -h\n```\n\n</details>", [Heading, Fence]),
        ("<details><summary>Click to expand</summary>\n\n```sh\ndf -h\n```\n\n</details>", [Text, Fence]),
        ("<table><tr><td>a<td>b<tr><td>c<td>d", [Table]),
        ("<!-- nothing to see -->", [Raw]),
        ("<script>\nrm -rf /\n</script>", [Raw]),
        ("<p>a <![CDATA[ b\n<div", [Text]),
    ],
)
def test_html_becomes_blocks_however_badly_it_is_closed(html: str, kinds: list[type]) -> None:
    """What draws nothing is kept as it stands, and no mistake of the writer ends the reading."""
    assert [type(one) for one in with_html(parse_blocks(tuple(html.split("\n"))))] == kinds


def test_nested_items_stay_nested() -> None:
    """A list in a list item belongs to the item."""
    (found,) = with_html(parse_blocks(("<ul><li>a<ul><li>b</li></ul><li>c</ul>",)))
    assert isinstance(found, ItemList)
    assert [(item.inline.text, len(item.children)) for item in found.items] == [("a", 1), ("c", 0)]


def test_marks_of_html_in_a_line_are_marks_and_blanks_stay_blanks() -> None:
    """<code> in a sentence is code; <host> is something to fill in."""
    text = "# R\n\n## Common incidents\n\n### Slow\n\n- Look with <code>df -h</code> on <b>every</b> node\n- Call <host> again\n"
    (found,) = compile_runbook(text).procedures
    assert [step.command.text for step in found.steps if step.command] == ["df -h"]
    assert found.steps[1].title == "Call <host> again"


def test_deep_nesting_is_read_flat() -> None:
    """A thousand open lists are neither an error nor slow."""
    blocks = with_html(parse_blocks(("<ul><li>" * 1000 + "end",)))
    assert blocks


def test_titles_over_several_columns_stand_above_each_of_them() -> None:
    """Two rows of titles are one, and a level over two rows holds for both."""
    text = (
        "## Severity\n\n- S1: no tram\n- S2: few trams\n- S3: cold trams\n\n## Response times\n\n<table>\n"
        '<tr><th rowspan="2">Severity</th><th colspan="2">Initial response</th><th colspan="2">Update</th></tr>\n'
        "<tr><th>Winter</th><th>Summer</th><th>Winter</th><th>Summer</th></tr>\n"
        "<tr><td>S1</td><td>5 min</td><td>10 min</td><td>30 min</td><td>1 h</td></tr>\n"
        '<tr><td>S2</td><td>1 h</td><td>2 h</td><td rowspan="2">4 h</td><td>8 h</td></tr>\n'
        "<tr><td>S3</td><td>1 day</td><td>2 days</td><td>9 h</td></tr>\n</table>\n"
    )
    read = [(one.response_target, one.update_cadence) for one in compile_runbook(text).severities]
    minutes = [[span.seconds // 60 for span in spans if span and span.seconds] for spans in read]
    assert minutes == [[5, 30], [60, 240], [1440, 240]]


def test_what_a_generator_of_pages_is_told_is_no_criterion() -> None:
    """A paragraph in a cell begins no clause of its own; "{% … %}" is for the generator."""
    text = (
        "## Severity\n\n<table>\n<tr><th>Level</th><th>Meaning</th></tr>\n"
        "<tr><td>S1</td><td>\n<p>No tram moves.</p>\n{% include note.html text='Ring <a href='#x'>us</a>' %}\n</td></tr>\n"
        "<tr><td>S2</td><td>Few trams</td></tr>\n</table>\n"
    )
    assert [one.criteria for one in compile_runbook(text).severities] == [("No tram moves",), ("Few trams",)]


def test_a_line_for_a_generator_of_pages_does_not_end_the_table_that_it_stands_in() -> None:
    """Alone on its line, and the lines behind it moved in as code would be: the rows below it are rows all the same."""
    text = (
        "## Severity\n\n<table>\n<tr><th>Level</th><th>Meaning</th><th>Response</th></tr>\n"
        "  <tr>\n    <td>S1</td>\n    <td>No tram moves\n      {% include note.html %}\n    </td>\n"
        "    <td>5 minutes</td>\n  </tr>\n  <tr>\n    <td>S2</td>\n    <td>Few trams</td>\n    <td>1 hour</td>\n"
        "  </tr>\n</table>\n\n{% endraw %}\n"
    )
    levels = compile_runbook(text).severities
    assert [(one.name, one.criteria) for one in levels] == [("S1", ("No tram moves",)), ("S2", ("Few trams",))]
    assert [one.response_target and one.response_target.seconds for one in levels] == [300, 3600]
