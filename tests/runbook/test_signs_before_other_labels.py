"""What shows that something fails, before parts of a procedure that are called in a team's own words."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook

WORDS = {
    "en": ("Common incidents", "Symptom", "gates stay shut", "Stopgap", "Forever"),
    "de": ("Häufige Störungen", "Symptom", "Tore bleiben zu", "Notbehelf", "Dauerhaft"),
    "fr": ("Incidents courants", "Symptôme", "les portes restent fermées", "Palliatif", "Pérenne"),
    "es": ("Incidentes comunes", "Síntoma", "las compuertas no abren", "Parche", "Definitivo"),
    "pt": ("Incidentes comuns", "Sintoma", "as comportas não abrem", "Paliativo", "Definitivo"),
    "it": ("Incidenti comuni", "Sintomo", "le porte restano chiuse", "Tampone", "Definitivo"),
    "ja": ("よくある障害", "症状", "水門が開かない", "当座", "抜本"),
    "zh": ("常见故障", "现象", "闸门打不开", "缓一缓", "彻底"),
    "ru": ("Частые инциденты", "Симптом", "ворота не открываются", "Заплатка", "Навсегда"),
    "nl": ("Veelvoorkomende incidenten", "Symptoom", "poorten blijven dicht", "Noodgreep", "Blijvend"),
}


def _layouts(sign: str, shown: str, first: str, last: str, colon: str) -> dict[str, str]:
    one, two = "`systemctl restart gate`", "`make gates`"
    fences = "  ```bash\n  systemctl restart gate\n  ```", "  ```bash\n  make gates\n  ```"
    return {
        "list": f"- {sign}{colon}{shown}\n- {first}{colon}{one}\n- {last}{colon}{two}\n",
        "bold": f"- **{sign}**{colon}{shown}\n- **{first}**{colon}{one}\n- **{last}**{colon}{two}\n",
        "numbers": f"1. {sign}{colon}{shown}\n2. {first}{colon}{one}\n3. {last}{colon}{two}\n",
        "fences": f"- {sign}{colon}{shown}\n- {first}{colon}\n{fences[0]}\n- {last}{colon}\n{fences[1]}\n",
        "dashes": f"- {sign} – {shown}\n- {first} – {one}\n- {last} – {two}\n",
        "arrows": f"- {sign} → {shown}\n- {first} → {one}\n- {last} → {two}\n",
        "table": f"| | |\n|---|---|\n| {sign} | {shown} |\n| {first} | {one} |\n| {last} | {two} |\n",
    }


@pytest.mark.parametrize("language", WORDS)
def test_a_sign_is_one_whatever_the_other_parts_are_called(language: str) -> None:
    """ "Stopgap" and "Forever" are in no list of words: what is to be run stays a step, and the sign is none."""
    heading, *words = WORDS[language]
    layouts = _layouts(*words, "：" if language in ("ja", "zh") else ": ")
    body = "".join(f"### Gate {n}\n\n{said}\n" for n, said in enumerate(layouts.values(), 1))
    procedures = compile_runbook(f"# Mill runbook\n\n## {heading}\n\n{body}".encode()).procedures
    read = {
        name: ([one.text for one in found.symptoms], [one.command.text for one in found.steps if one.command])
        for name, found in zip(layouts, procedures, strict=True)
    }
    assert read == {name: ([words[1]], ["systemctl restart gate", "make gates"]) for name in layouts}


@pytest.mark.parametrize("mark", ["–", "-", "—", "→"])
def test_parts_may_be_set_off_by_a_dash(mark: str) -> None:
    """ "Fix – restart it" says what "Fix: restart it" says."""
    text = f"- Symptom {mark} gates stay shut\n- Cause {mark} flour\n- Fix {mark} `systemctl restart gate`\n"
    (found,) = compile_runbook(f"# Mill runbook\n\n## Common incidents\n\n### Gate\n\n{text}".encode()).procedures
    assert [one.text for one in found.symptoms] == ["gates stay shut"]
    assert [one.title for one in found.steps] == ["flour", "systemctl restart gate"]


def test_a_case_of_whom_to_call_tells_of_no_fault() -> None:
    """ "When: …" below the name of a firm in an escalation says when it is called."""
    text = "## External escalation\n\n### Sackworks support\n\n- **When**: sacks are late\n- **How**: their portal\n"
    assert compile_runbook(f"# Mill runbook\n\n{text}".encode()).procedures == ()
