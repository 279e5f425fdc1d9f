"""What a measurement gives: samples with their unit, the goal they are held to, and one line of the table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any


@dataclass(frozen=True, slots=True)
class Goal:
    """What a figure has to reach: ``now``, and what is aimed at. ``at_least`` says that more is better."""

    now: float
    aim: float | None = None
    at_least: bool = False

    def met_by(self, value: float) -> bool:
        """Whether a value reaches what is asked for now."""
        return value >= self.now if self.at_least else value <= self.now

    def __str__(self) -> str:
        sign = "≥" if self.at_least else "≤"
        return f"{sign} {_short(self.now)}" + (f" (aim {_short(self.aim)})" if self.aim is not None else "")


@dataclass(frozen=True, slots=True)
class Figure:
    """One measurement. ``ratios`` are to the yardstick of the same round; a goal holds for them where there are any."""

    name: str
    unit: str
    samples: tuple[float, ...]
    goal: Goal | None = None
    ratios: tuple[float, ...] = ()
    note: str = ""

    @property
    def median(self) -> float:
        """The middle of the samples; 0 when nothing was measured."""
        return median(self.samples) if self.samples else 0.0

    @property
    def ratio(self) -> float | None:
        """The middle of the ratios."""
        return median(self.ratios) if self.ratios else None

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None where there is none, or nothing was measured."""
        if self.goal is None or not self.samples:
            return None
        return self.goal.met_by(self.median if self.ratio is None else self.ratio)

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "name": self.name,
            "unit": self.unit,
            "median": self.median if self.samples else None,
            "samples": list(self.samples),
            "ratio": self.ratio,
            "ratios": list(self.ratios),
            "goal": None if self.goal is None else str(self.goal),
            "met": self.met,
            "note": self.note,
        }


def ratios(ours: Sequence[float], yardstick: Sequence[float]) -> tuple[float, ...]:
    """Ours divided by the yardstick, round by round; rounds in which the yardstick measured nothing are left out."""
    return tuple(a / b for a, b in zip(ours, yardstick, strict=False) if b > 0)


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that at least so many per cent of the values do not exceed; 0 for none."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100).__trunc__() - 1)] if ordered else 0.0


HEAD = ("measurement", "median", "spread", "ratio", "goal", "")


def row(figure: Figure) -> tuple[str, ...]:
    """A figure as the table shows it."""
    low_high = f"{_short(min(figure.samples))} … {_short(max(figure.samples))}" if len(figure.samples) > 1 else ""
    verdict = {True: "met", False: "NOT MET", None: ""}[figure.met]
    return (
        figure.name,
        f"{_short(figure.median)} {figure.unit}" if figure.samples else f"not measured: {figure.note}",
        low_high,
        "" if figure.ratio is None else f"{figure.ratio:.2f}",
        "" if figure.goal is None else str(figure.goal),
        verdict,
    )


def table(figures: Sequence[Figure]) -> str:
    """All figures, as text."""
    rows = [HEAD, *(row(figure) for figure in figures)]
    measured = [one for one in rows if not one[1].startswith("not measured")]
    widths = [max(len(one[column]) for one in measured) for column in range(len(HEAD))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(one, widths, strict=True)).rstrip() for one in rows
    )


def _short(value: float) -> str:
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}" if value < 100 else f"{value:.0f}"
