"""A team's Markdown as it stands on the page of its runbook."""

from __future__ import annotations

import pytest

from tocsin.web.markdown import rendered


@pytest.mark.parametrize("marks", [("・", "・"), ("①", "②"), ("(1) ", "(2) "), ("– ", "– ")])
def test_a_list_with_other_marks_is_shown_as_one_and_each_line_can_be_led_to(marks: tuple[str, str]) -> None:
    """A step is cited by its line; as one paragraph only the first of them had an anchor."""
    html = rendered(f"# Mill\n\n{marks[0]}Open the sluice\n{marks[1]}Look at the wheel\n")
    assert html.count("<li") == 2
    assert 'id="L4">Look at the wheel' in html
