"""What a review of a document says, and leaves unsaid, in other words than those of the other tests of findings."""

# ruff: noqa: E501 - whole documents on one line each stay easier to compare than wrapped ones

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.document.neighbours import Neighbour

SEVERITIES = "# Mill\n\n## Severities\n\n- **SEV-1**: mill stands. Respond within 5 minutes.\n- **SEV-2**: stone stands. Respond within 30 minutes.\n- **SEV-3**: noise. Respond within 1 day.\n- **SEV-4**: question. Respond within 3 days.\n\n"
"""Before each of them: a scale of four levels."""

SAID: dict[str, tuple[str, list[str]]] = {
    "TOC111": (
        "TOC111",
        [
            "{s}## Notes\n\nA SEV-5 is a wish.\n",
            "{s}## Notes\n\nSEV0 pages the owner.\n",
        ],
    ),
    "TOC402": (
        "TOC402",
        [
            "{s}## After the incident\n\n- Le post-mortem est dû sous 48 heures.\n\n## Post-mortem\n\n- Rédiger le post-mortem sous 5 jours.\n",
            "{s}## After the incident\n\n- Write the incident report within 24 hours.\n\n## Post-mortem\n\n- The incident report is due within 3 days.\n",
        ],
    ),
    "TOC222": (
        "TOC222",
        [
            '# Mill\n\n## Incident: oven stuck\n\n```bash\ncurl -H "Authorization: Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJtaWxsIiwibmFtZSI6ImFkYSJ9.dBjftJeZ4CVPmB92K27uhbUJU1p1rV9kXb7gQ3xYw2A" https://mill.example/api\n```\n',
            "# Mill\n\n## Incident: oven stuck\n\n```bash\nexport TOKEN=eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJtaWxsIiwibmFtZSI6ImFkYSJ9.dBjftJeZ4CVPmB92K27uhbUJU1p1rV9kXb7gQ3xYw2A\n```\n",
            '# Mill\n\n## Incident: oven stuck\n\n```bash\ncurl "https://mill.example/api?api_key=9f8a7c6b5d4e3f2a1b0c9d8e7f6a5b4c"\n```\n',
            "# Mill\n\n## Incident: oven stuck\n\n```bash\nexport AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMIaK7MDENGabPxRfiCYzzzzKEYab\n```\n",
            "# Mill\n\n## Incident: oven stuck\n\n```bash\nAWS_SECRET=Zq8vN3kLm2Xw9Rt5Yb7Cd1Ef4Gh6Jk0P aws s3 ls\n```\n",
            '# Mill\n\n## Incident: oven stuck\n\n```bash\ncurl -H "X-Api-Key: 9f8a7c6b5d4e3f2a1b0c9d8e7f6a5b4c" https://mill.example\n```\n',
            '# Mill\n\n## Incident: oven stuck\n\n```bash\nkubectl exec -it db-0 -- mysql -u root -pFlour9922 -e "select 1"\n```\n',
            '# Mill\n\n## Incident: oven stuck\n\n```bash\nkubectl exec -it db-0 -- mysql -u root -p"Flour9922" -e "select 1"\n```\n',
            "# Mill\n\n## Incident: oven stuck\n\n```bash\ndocker exec db mysql -pFlour9922\n```\n",
        ],
    ),
    "TOC305": (
        "TOC305",
        [
            "{s}## Escalation\n\n1. On-call miller (immediate)\n2. Head miller\n3. Director (60 minutes)\n",
        ],
    ),
    "TOC401": (
        "TOC401",
        [
            "# Mill\n\n## Severities\n\n| Severity | Definition | Response time |\n|---|---|---|\n| P1 | stands | 5 min |\n| P2 | noise | - |\n",
            "# Mill\n\n## Severities\n\n| Severity | Definition | Response time |\n|---|---|---|\n| P1 | stands | 5 min |\n| P2 | noise | n/a |\n",
            "# Mill\n\n## Severities\n\n| Severity | Definition | Response time |\n|---|---|---|\n| P1 | stands | 5 min |\n| P2 | noise | tbd |\n",
        ],
    ),
    "TOC217": (
        "TOC217",
        [
            "# Mill\n\n## Incident: oven stuck\n\n### Resolution\n\n**Option A: restart**\n\n1. `systemctl restart oven`\n2. `systemctl status oven`\n\n**Option B: scale**\n\n1. `kubectl scale deploy/oven --replicas=3`\n\n",
            "# Mill\n\n## Incident: oven stuck\n\n### Resolution\n\n#### Variante A\n\n1. `systemctl restart oven`\n2. `systemctl status oven`\n\n#### Variante B\n\n1. `kubectl scale deploy/oven --replicas=3`\n\n",
            "# Mill\n\n## Incident: oven stuck\n\n### Resolution\n\n**Option A: restart**\n\n1. `systemctl restart oven`\n\n**Option B: scale**\n\n1. `kubectl scale deploy/oven --replicas=3`\n2. `kubectl get deploy oven`\n\n",
            "# Mill\n\n## Incident: oven stuck\n\n### Resolution\n\n#### Variante 1\n\n1. `systemctl restart oven`\n\n#### Variante 2\n\n1. `kubectl scale deploy/oven --replicas=3`\n2. `kubectl get deploy oven`\n\n",
        ],
    ),
}
UNSAID: dict[str, tuple[str, list[str]]] = {
    "TOC111": (
        "TOC111",
        [
            "{s}## Notes\n\nSEV-3/4 are handled by the day shift.\n",
            "{s}## Notes\n\nTell the baker for SEV-1/2 only.\n",
            "{s}## Notes\n\nFor SEV-1, 2 and 3 open a room.\n",
            "{s}## Notes\n\nSEV-3 / SEV-4 wait until Monday.\n",
            "{s}## Notes\n\nSEV 3/4: no page.\n",
            "{s}## Notes\n\nUse SEV-1|2 rooms.\n",
            "{s}## Notes\n\n(SEV-2+)\n",
        ],
    ),
    "TOC402": (
        "TOC402",
        [
            "{s}## After the incident\n\n- The post-mortem is due within 48 hours.\n\n## Post-mortem\n\n- Publish the post-mortem within 2 days.\n",
            "{s}## After the incident\n\n- The draft of the post-mortem is due within 24 hours.\n\n## Post-mortem\n\n- The final post-mortem is due within 5 days.\n",
            "{s}## After the incident\n\n- The post-mortem is due within 48 hours.\n\n## Post-mortem\n\n- The post-mortem meeting takes place within 5 days.\n",
            "{s}## After the incident\n\n- SEV-1 post-mortem within 48 hours.\n\n## Post-mortem\n\n- SEV-2 post-mortem within 5 days.\n",
            "{s}## After the incident\n\n- The post-mortem is due within 48 hours.\n\n## Post-mortem\n\n- Action items are done within 30 days.\n",
        ],
    ),
    "TOC222": (
        "TOC222",
        [
            '# Mill\n\n## Incident: oven stuck\n\n```bash\ncurl -H "Authorization: Bearer $TOKEN" https://mill.example\n```\n',
            '# Mill\n\n## Incident: oven stuck\n\n```bash\ncurl "https://mill.example/api?api_key=$KEY"\n```\n',
            "# Mill\n\n## Incident: oven stuck\n\n```bash\nexport AWS_SECRET_ACCESS_KEY=<your key>\n```\n",
            '# Mill\n\n## Incident: oven stuck\n\n```bash\ncurl "https://mill.example/api?api_key=YOUR_KEY"\n```\n',
            "# Mill\n\n## Incident: oven stuck\n\n```bash\nexport API_KEY=xxxxxxxx\n```\n",
        ],
    ),
    "TOC305": (
        "TOC305",
        [
            "{s}## Escalation\n\n1. On-call miller (immediate)\n2. Head miller (15 minutes)\n",
            "{s}## Escalation\n\n| Level | Who | When |\n|---|---|---|\n| 1 | On-call miller | (immediate) |\n| 2 | Head miller | 15 minutes |\n",
            "{s}## Escalation\n\n| レベル | 担当 | 時間 |\n|---|---|---|\n| 1 | 当番 | 即時 |\n| 2 | 部長 | 15分 |\n",
            "{s}## Escalation\n\n1. 当番(即時)\n2. 部長(15分後)\n",
            "{s}## Escalation\n\n- Level 1: On-call miller (immediately)\n- Level 2: Head miller (after 15 minutes)\n",
            "{s}## Escalation\n\n1. Müller vom Dienst (sofort)\n2. Obermüller (15 Minuten)\n",
            "{s}## Escalation\n\n1. Astreinte (immédiat)\n2. Responsable (15 minutes)\n",
            "{s}## Escalation\n\n1. On-call miller, at once\n2. Head miller, after 15 minutes\n",
            "{s}## Escalation\n\n1. 当番 - 即座に\n2. 部長 - 15分後\n",
        ],
    ),
    "TOC401": (
        "TOC401",
        [
            "# Mill\n\n## Severities\n\n| Severity | Definition | Response time |\n|---|---|---|\n| P1 | stands | 5 min |\n| P2 | noise | 営業日内 |\n",
            "# Mill\n\n## Severities\n\n| Severity | Definition | Response time |\n|---|---|---|\n| P1 | stands | 5 min |\n| P2 | noise | próximo horário útil |\n",
            "# Mill\n\n## Severities\n\n| Severity | Definition | Response time |\n|---|---|---|\n| P1 | stands | 5 min |\n| P2 | noise | 当日営業時間内 |\n",
            "# Mill\n\n## Severities\n\n| Severity | Definition | Response time |\n|---|---|---|\n| P1 | stands | 5 min |\n| P2 | noise | 翌営業日中 |\n",
            "# Mill\n\n## Severities\n\n| Severity | Definition | Response time |\n|---|---|---|\n| P1 | stands | 5 min |\n| P2 | noise | nächste Geschäftszeit |\n",
            "# Mill\n\n## Severities\n\n| Severity | Definition | Response time |\n|---|---|---|\n| P1 | stands | 5 min |\n| P2 | noise | próximo horario laboral |\n",
            "# Mill\n\n## Severities\n\n| Severity | Definition | Response time |\n|---|---|---|\n| P1 | stands | 5 min |\n| P2 | noise | prochaines heures ouvrées |\n",
            "# Mill\n\n## Severities\n\n| Severity | Definition | Response time |\n|---|---|---|\n| P1 | stands | 5 min |\n| P2 | noise | next working hours |\n",
            "# Mill\n\n## Severities\n\n| Severity | Definition | Response time |\n|---|---|---|\n| P1 | stands | 5 min |\n| P2 | noise | within business hours |\n",
            "# Mill\n\n## Severities\n\n| Severity | Definition | Response time |\n|---|---|---|\n| P1 | stands | 5 min |\n| P2 | noise | within the business day |\n",
            "# Mill\n\n## Severities\n\n| Severity | Definition | Response time |\n|---|---|---|\n| P1 | stands | 5 min |\n| P2 | noise | durante o horário comercial |\n",
            "# Mill\n\n## Severities\n\n| Severity | Definition | Response time |\n|---|---|---|\n| P1 | stands | 5 min |\n| P2 | noise | na próxima hora útil |\n",
            "# Mill\n\n## Severities\n\n| Severity | Definition | Response time |\n|---|---|---|\n| P1 | stands | 5 min |\n| P2 | noise | al siguiente día laborable |\n",
            "# Mill\n\n## Severities\n\n| Severity | Definition | Response time |\n|---|---|---|\n| P1 | stands | 5 min |\n| P2 | noise | в рабочее время |\n",
            "# Mill\n\n## Severities\n\n| Severity | Definition | Response time |\n|---|---|---|\n| P1 | stands | 5 min |\n| P2 | noise | 工作时间内 |\n",
            "# Mill\n\n## Severities\n\n| Severity | Definition | Response time |\n|---|---|---|\n| P1 | stands | 5 min |\n| P2 | noise | 下一个工作日 |\n",
            "# Mill\n\n## Severities\n\n| Severity | Definition | Response time |\n|---|---|---|\n| P1 | stands | 5 min |\n| P2 | noise | entro il giorno lavorativo |\n",
            "# Mill\n\n## Severities\n\n| Severity | Definition | Response time |\n|---|---|---|\n| P1 | stands | 5 min |\n| P2 | noise | same business day |\n",
        ],
    ),
    "TOC217": (
        "TOC217",
        [
            "# Mill\n\n## Incident: oven stuck\n\n### Resolution\n\n**Option A: restart**\n\n1. `systemctl restart oven`\n2. `systemctl status oven`\n\n**Option B: scale**\n\n1. `kubectl scale deploy/oven --replicas=3`\n2. `kubectl get deploy oven`\n\n",
            "# Mill\n\n## Incident: oven stuck\n\n### Resolution\n\n**Option A**\n\n1. `systemctl restart oven`\n\n**Option B**\n\n1. `kubectl scale deploy/oven --replicas=3`\n\n### Verification\n\n- `curl -f https://mill.example/health`\n\n",
            "# Mill\n\n## Incident: oven stuck\n\n### Resolution\n\n1. `systemctl restart oven`\n2. `kubectl get deploy oven`\n\n**Option A**\n\n1. `systemctl status oven`\n\n",
        ],
    ),
    "TOC602": (
        "TOC602",
        [
            "{s}## Upkeep\n\n| Last review | Next review |\n|---|---|\n| 2025-01-10 | 2025-07-10 |\n",
            "{s}## Upkeep\n\n| Zuletzt geprüft | Nächste Prüfung |\n|---|---|\n| 2025-01-10 | 2025-07-10 |\n",
            "{s}## Upkeep\n\n| Dernière revue | Prochaine revue |\n|---|---|\n| 2025-01-10 | 2025-07-10 |\n",
            "{s}## Upkeep\n\n| Version | Next review |\n|---|---|\n| 2.1 | 2025-07-10 |\n",
        ],
    ),
}


def _codes(text: str, path: str = "mill.md") -> list[str]:
    playbook = compile_runbook(text.replace("{s}", SEVERITIES), path=path)
    return [one.code for one in playbook.findings]


@pytest.mark.parametrize("code", SAID)
def test_what_is_wrong_is_said_in_whatever_words(code: str) -> None:
    """Each of these documents has what the finding is about."""
    assert [text for text in SAID[code][1] if SAID[code][0] not in _codes(text)] == []


@pytest.mark.parametrize("code", UNSAID)
def test_what_is_right_is_left_alone(code: str) -> None:
    """None of these has it, although it looks like it."""
    assert [text for text in UNSAID[code][1] if UNSAID[code][0] in _codes(text)] == []


def test_a_picture_that_is_not_there_is_a_dead_link() -> None:
    """In Markdown and in HTML; one that is there is none, nor is one in a block of code."""

    def look(path: str) -> Neighbour:
        return Neighbour.THERE if path == "there.png" else Neighbour.MISSING

    text = "# Mill\n\n![map](none.png)\n\n![map](there.png)\n\n<img src='gone.svg'>\n\n```\n![x](no.png)\n```\n"
    found = [one for one in compile_runbook(text, path="mill.md", look=look).findings if one.code == "TOC608"]
    assert [(one.line, one.message) for one in found] == [
        (3, "none.png does not exist"),
        (7, "gone.svg does not exist"),
    ]
