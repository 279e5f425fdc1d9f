"""What is done again and again, and what only stands in a chapter on keeping things well."""

from __future__ import annotations

from tocsin.runbook.compile import compile_runbook


def duties(text: str) -> list[tuple[str, str | None]]:
    """The title and the rhythm of each duty."""
    return [(one.title, one.every) for one in compile_runbook(text).duties]


def test_the_items_below_a_subject_are_the_duties() -> None:
    """N9: "Stones:" is what they are about."""
    text = """# Mill

## Prevention

- **Stones:**
  - Dress the stones monthly
  - Look for cracks
- Sweep the loft weekly
"""
    assert duties(text) == [
        ("Dress the stones monthly", "monthly"),
        ("Look for cracks", None),
        ("Sweep the loft weekly", "weekly"),
    ]


def test_a_question_is_no_duty() -> None:
    """It is answered once, after an incident."""
    text = "# Mill\n\n## Prevention\n\n- What keeps the stones from cracking?\n- Grease the shaft\n- 何を直すべきか？\n"
    assert duties(text) == [("Grease the shaft", None)]


def test_advice_for_a_shift_is_a_duty_only_with_its_rhythm() -> None:
    """What is done on each shift comes again with the shift, and nobody is reminded of it."""
    text = """# Mill

## On-call best practices

### During your shift

- Keep the lamp with you
- Look at the sluice daily
"""
    assert duties(text) == [("Look at the sluice daily", "daily")]


def test_what_follows_an_incident_is_a_duty_only_with_its_rhythm() -> None:
    """Done once, when it is over."""
    text = "# Mill\n\n## Post-incident\n\n### Prevention\n\n- Mend the guard\n- Rehearse the flood quarterly\n"
    assert duties(text) == [("Rehearse the flood quarterly", "quarterly")]


def test_a_schedule_of_maintenance_is_of_no_shift() -> None:
    """Its items are duties, with a rhythm or without one."""
    assert duties("# Mill\n\n## Maintenance schedule\n\n- Grease the shaft\n") == [("Grease the shaft", None)]
