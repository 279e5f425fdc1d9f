"""Scales in layouts and words that the other tests of scales do not have: running text, one line, loose scales.

Each document is read as the clocks that its text names, acknowledge, respond and resolve apart, and no other.
"""

# ruff: noqa: E501 - whole documents on one line each stay easier to compare than wrapped ones

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.stated import Duration, DurationKind

Time = int | str | None
"""Seconds, "nbd" for the next working day, None where nothing is stated."""
Read = dict[str, tuple[Time, Time, Time]]
"""The time to respond, to acknowledge and to resolve of each level, the most severe level first."""

SCALES: dict[str, tuple[str, Read]] = {
    "prose2 it": (
        "# Mulino\n\n## Livelli di gravità\n\nP1 significa che non esce farina: qualcuno se ne occupa entro 5 minuti. P2 significa che una macina è ferma. Per P2 qualcuno se ne occupa entro mezz'ora.\n",
        {"P1": (300, None, None), "P2": (1800, None, None)},
    ),
    "prose2 pt": (
        "# Moinho\n\n## Severidade\n\nUm SEV1 é quando nada sai do moinho. Num SEV1 alguém olha em até 5 minutos. Um SEV2 é quando uma mó parou. Num SEV2 alguém olha em até 1 hora.\n",
        {"SEV1": (300, None, None), "SEV2": (3600, None, None)},
    ),
    "prose2 ru": (
        "# Мельница\n\n## Уровни критичности\n\nP1 означает, что мельница стоит. На P1 реагируем в течение 5 минут. P2 означает, что стоит один жернов. На P2 реагируем в течение 1 часа.\n",
        {"P1": (300, None, None), "P2": (3600, None, None)},
    ),
    "prose2 zh": (
        "# 磨坊\n\n## 严重级别\n\nP1是指全部停机。P1需要5分钟内响应。P2是指一台停机。P2需要1小时内响应。\n",
        {"P1": (300, None, None), "P2": (3600, None, None)},
    ),
    "prose2 ja": (
        "# 製粉所\n\n## 重大度\n\nP1は全停止を指します。P1は5分以内に対応を開始します。P2は一部停止です。P2は1時間以内に対応を開始します。\n",
        {"P1": (300, None, None), "P2": (3600, None, None)},
    ),
    "prose2 en": (
        "# Mill\n\n## How severe is it?\n\nWe call it a SEV1 when the mill stands. Somebody must look at it within ten minutes. SEV2 covers a single stone; look at it within two hours. SEV3 covers the rest and is looked at within a week.\n",
        {"SEV1": (600, None, None), "SEV2": (7200, None, None), "SEV3": (604800, None, None)},
    ),
    "prose2 nl": (
        "# Molen\n\n## Prioriteiten\n\nP1 betekent dat de molen stilstaat. Bij P1 reageert iemand binnen 5 minuten. P2 betekent dat één steen stilstaat. Bij P2 reageert iemand binnen 1 uur.\n",
        {"P1": (300, None, None), "P2": (3600, None, None)},
    ),
    "line2 fr": (
        "# Moulin\n\n## Délais de réponse\n\nCritique : 5 minutes, majeur : 30 minutes, mineur : jour ouvré suivant.\n",
        {"Critique": (300, None, None), "Majeur": (1800, None, None), "Mineur": ("nbd", None, None)},
    ),
    "line2 es": (
        "# Molino\n\n## Gravedad\n\nTiempos de respuesta: crítico 5 minutos, alto 30 minutos, bajo 1 día.\n",
        {"Crítico": (300, None, None), "Alto": (1800, None, None), "Bajo": (86400, None, None)},
    ),
    "line2 it": (
        "# Mulino\n\n## Tempi di risoluzione\n\nCritico 2 ore; alto 8 ore; basso 5 giorni.\n",
        {"Critico": (None, None, 7200), "Alto": (None, None, 28800), "Basso": (None, None, 432000)},
    ),
    "line2 zh": (
        "# 磨坊\n\n## 响应时间\n\n紧急：5分钟，高：30分钟，低：1天。\n",
        {"紧急": (300, None, None), "高": (1800, None, None), "低": (86400, None, None)},
    ),
    "line2 ja": (
        "# 製粉所\n\n## 対応時間\n\n緊急:5分、高:30分、低:翌営業日\n",
        {"緊急": (300, None, None), "高": (1800, None, None), "低": ("nbd", None, None)},
    ),
    "line2 en and": (
        "# Mill\n\n## Response targets\n\nRed in 5 minutes, amber in 30 minutes and green within a day.\n",
        {"Red": (300, None, None), "Amber": (1800, None, None), "Green": (86400, None, None)},
    ),
    "line2 onto": (
        "# Mill\n\n## Severities\n\n- Critical: mill stands\n- High: one stone stands\n- Low: noise\n\nResponse times: critical 5 minutes, high 30 minutes, low 1 day.\n",
        {"Critical": (300, None, None), "High": (1800, None, None), "Low": (86400, None, None)},
    ),
    "cell2 fr": (
        "# Moulin\n\n## Gravité\n\n| Niveau | Description | Délais |\n|---|---|---|\n| P1 | Arrêt | réponse 5 min, résolution 4 h |\n| P2 | Meule | réponse 30 min, résolution 8 h |\n",
        {"P1": (300, None, 14400), "P2": (1800, None, 28800)},
    ),
    "cell2 ru": (
        "# Мельница\n\n## Приоритеты\n\n| Приоритет | Описание | Сроки |\n|---|---|---|\n| P1 | Стоит | реакция 5 мин, решение 4 ч |\n| P2 | Жернов | реакция 30 мин, решение 8 ч |\n",
        {"P1": (300, None, 14400), "P2": (1800, None, 28800)},
    ),
    "cell2 en": (
        "# Mill\n\n## Severities\n\n| Severity | SLA |\n|---|---|\n| P1 | respond 5 min; update every 30 min; resolve 4 h |\n| P2 | respond 30 min; update every 2 h; resolve 8 h |\n",
        {"P1": (300, None, 14400), "P2": (1800, None, 28800)},
    ),
    "cew2 pt": (
        "# Moinho\n\n## Severidade\n\n- **Crítico**: parado. Resposta em 5 minutos.\n- **Erro**: uma mó parou. Resposta em 1 hora.\n- **Aviso**: ruído. Resposta em 1 dia.\n",
        {"Crítico": (300, None, None), "Erro": (3600, None, None), "Aviso": (86400, None, None)},
    ),
    "cew2 zh": (
        "# 磨坊\n\n## 告警级别\n\n| 级别 | 响应时间 |\n|---|---|\n| 严重 | 5分钟 |\n| 错误 | 1小时 |\n| 警告 | 1天 |\n",
        {"严重": (300, None, None), "错误": (3600, None, None), "警告": (86400, None, None)},
    ),
    "ptl2": (
        "# Mill\n\n## Severities\n\n- Page — mill stands — 5 minutes\n- Ticket — one stone — 1 business day\n- Log — noise\n",
        {"Page": (300, None, None), "Ticket": (86400, None, None), "Log": (None, None, None)},
    ),
    "rev2 de": (
        "# Mühle\n\n## Schweregrade (5 ist am schlimmsten)\n\n- Stufe 1: Frage, Reaktion in 3 Tagen\n- Stufe 2: Geräusch, Reaktion in 1 Tag\n- Stufe 3: Stein steht, Reaktion in 30 Minuten\n- Stufe 4: Mühle steht, Reaktion in 5 Minuten\n",
        {
            "Stufe 4": (300, None, None),
            "Stufe 3": (1800, None, None),
            "Stufe 2": (86400, None, None),
            "Stufe 1": (259200, None, None),
        },
    ),
    "html2 es": (
        "# Molino\n\n## Gravedad\n\n<table>\n<tr><td>SEV1</td><td>Parado</td><td>5 minutos</td></tr>\n<tr><td>SEV2</td><td>Una piedra</td><td>30 minutos</td></tr>\n<tr><td>SEV3</td><td>Ruido</td><td>1 día</td></tr>\n</table>\n",
        {"SEV1": (300, None, None), "SEV2": (1800, None, None), "SEV3": (86400, None, None)},
    ),
    "yaml2 de": (
        "# Mühle\n\n## Schweregrade\n\n```yaml\nstufen:\n  P1:\n    bedeutung: Mühle steht\n    reaktion_min: 5\n    behebung_std: 4\n  P2:\n    bedeutung: Stein steht\n    reaktion_min: 30\n    behebung_std: 8\n```\n",
        {"P1": (300, None, 14400), "P2": (1800, None, 28800)},
    ),
    "para2 es": (
        "# Molino\n\n## Gravedad\n\nRojo: el molino está parado. Respuesta en 5 minutos.\n\nAmarillo: una piedra parada. Respuesta en 1 hora.\n\nVerde: ruido. Respuesta en 1 día.\n",
        {"Rojo": (300, None, None), "Amarillo": (3600, None, None), "Verde": (86400, None, None)},
    ),
    "num2 fr": (
        "# Moulin\n\n## Niveaux de gravité\n\n| Niveau | Exemple | Intervention |\n|---|---|---|\n| 1 | Arrêt | 15 min |\n| 2 | Meule | 1 h |\n| 3 | Bruit | 1 jour |\n",
        {"Niveau 1": (900, None, None), "Niveau 2": (3600, None, None), "Niveau 3": (86400, None, None)},
    ),
    "neg steps": (
        "# Mill\n\n## Severities\n\n- P1: mill stands. Respond in 5 minutes.\n- P2: one stone. Respond in 1 hour.\n\nWhat to write down:\n\n- Log: everything you do\n- Ticket: open one within 10 minutes\n",
        {"P1": (300, None, None), "P2": (3600, None, None)},
    ),
    "neg esc": (
        "# Mill\n\n## Escalation\n\n| Level | Who | After |\n|---|---|---|\n| 1 | Miller | 0 min |\n| 2 | Head | 15 min |\n| 3 | Director | 60 min |\n",
        {},
    ),
    "neg tier": (
        "# Mill\n\n## Support tiers\n\n| Level | Team | Response time |\n|---|---|---|\n| 1 | Front desk | 5 min |\n| 2 | Millers | 30 min |\n",
        {},
    ),
    "neg logtable": (
        "# Mill\n\n## Reading the logs\n\n| Level | Meaning |\n|---|---|\n| error | something broke |\n| notice | read it later |\n| debug | ignore |\n",
        {},
    ),
    "neg loglist": (
        "# Mill\n\n## Log severity levels\n\n- **error**: something broke\n- **notice**: read it later\n- **debug**: ignore\n",
        {},
    ),
    "neg prose": (
        "# Mill\n\n## Severities\n\nP1 and P2 are decided by the miller within 5 minutes. Nobody else decides.\n",
        {},
    ),
    "neg metrics": (
        "# Mill\n\n## Targets\n\nLatency: 200 ms, error rate 1 %, low traffic 5 minutes.\n",
        {},
    ),
    "neg line": (
        "# Mill\n\n## Thresholds\n\nHigh 30 minutes, low 5 minutes.\n",
        {},
    ),
    "prose en": (
        "# Mill plan\n\n## Severities\n\nA P1 means no flour leaves the mill. P1 needs eyes within five minutes, day or night. A P2 means one stone stands; P2 needs eyes within half an hour. P3 is everything else and can wait until the next working day.\n",
        {"P1": (300, None, None), "P2": (1800, None, None), "P3": ("nbd", None, None)},
    ),
    "prose de": (
        "# Mühle\n\n## Schweregrade\n\nP1 heißt: kein Mehl verlässt die Mühle. Bei P1 schaut binnen fünf Minuten jemand hin, auch nachts. P2 heißt: ein Stein steht; hier reicht eine Reaktion innerhalb von 30 Minuten. P3 ist alles andere und hat Zeit bis zum nächsten Werktag.\n",
        {"P1": (300, None, None), "P2": (1800, None, None), "P3": ("nbd", None, None)},
    ),
    "prose fr": (
        "# Moulin\n\n## Niveaux de gravité\n\n**P1** : plus aucune farine ne sort. Quelqu'un s'en occupe dans les cinq minutes. **P2** : une meule est arrêtée. Quelqu'un s'en occupe dans la demi-heure. **P3** : tout le reste, le jour ouvré suivant.\n",
        {"P1": (300, None, None), "P2": (1800, None, None), "P3": ("nbd", None, None)},
    ),
    "prose es": (
        "# Molino\n\n## Niveles de gravedad\n\nP1: no sale harina. Alguien lo mira en menos de 5 minutos, de día o de noche.\n\nP2: una piedra parada. Alguien lo mira en menos de 30 minutos.\n\nP3: lo demás, el siguiente día hábil.\n",
        {"P1": (300, None, None), "P2": (1800, None, None), "P3": ("nbd", None, None)},
    ),
    "line en": (
        "# Mill plan\n\n## Response times\n\nCritical 5 minutes, high 30 minutes, medium 4 hours, low next business day.\n",
        {
            "Critical": (300, None, None),
            "High": (1800, None, None),
            "Medium": (14400, None, None),
            "Low": ("nbd", None, None),
        },
    ),
    "line de": (
        "# Mühle\n\n## Reaktionszeiten\n\nKritisch 5 Minuten, hoch 30 Minuten, mittel 4 Stunden, niedrig nächster Werktag.\n",
        {
            "Kritisch": (300, None, None),
            "Hoch": (1800, None, None),
            "Mittel": (14400, None, None),
            "Niedrig": ("nbd", None, None),
        },
    ),
    "line pt": (
        "# Moinho\n\n## Tempos de resposta\n\nCrítico: 5 minutos; alto: 30 minutos; médio: 4 horas; baixo: 1 dia.\n",
        {
            "Crítico": (300, None, None),
            "Alto": (1800, None, None),
            "Médio": (14400, None, None),
            "Baixo": (86400, None, None),
        },
    ),
    "line ru": (
        "# Мельница\n\n## Время реакции\n\nP1 — 5 минут, P2 — 30 минут, P3 — 4 часа.\n",
        {"P1": (300, None, None), "P2": (1800, None, None), "P3": (14400, None, None)},
    ),
    "line ja": (
        "# 製粉所\n\n## 対応時間\n\nP1は5分以内、P2は30分以内、P3は4時間以内。\n",
        {"P1": (300, None, None), "P2": (1800, None, None), "P3": (14400, None, None)},
    ),
    "cell en": (
        "# Mill plan\n\n## Severity\n\n| Sev | What | Clocks |\n|---|---|---|\n| S1 | Flour stands | ack 5m / respond 15m / resolve 4h |\n| S2 | One stone stands | ack 15m / respond 1h / resolve 8h |\n",
        {"S1": (900, 300, 14400), "S2": (3600, 900, 28800)},
    ),
    "cell de": (
        "# Mühle\n\n## Schweregrad\n\n| Grad | Was | Zeiten |\n|---|---|---|\n| S1 | Alles steht | Quittierung 5 Min, Reaktion 15 Min, Lösung 4 Std |\n| S2 | Ein Stein steht | Quittierung 15 Min, Reaktion 1 Std, Lösung 8 Std |\n",
        {"S1": (900, 300, 14400), "S2": (3600, 900, 28800)},
    ),
    "boldpar en": (
        "# Mill plan\n\n## How bad is it?\n\n**SEV1.** The mill stands. Acknowledge in 5 minutes, mitigate in 30, recover in 4 hours.\n\n**SEV2.** One stone stands. Acknowledge in 15 minutes, mitigate in 2 hours, recover in 1 day.\n",
        {"SEV1": (None, 300, None), "SEV2": (None, 900, None)},
    ),
    "nested de": (
        "# Mühle\n\n## Einstufung\n\n- Kritisch\n  - Kein Mehl\n  - Erste Reaktion: 5 min\n  - Behoben: 4 h\n- Fehler\n  - Ein Stein steht\n  - Erste Reaktion: 30 min\n  - Behoben: 1 Tag\n- Warnung\n  - Es riecht\n  - Erste Reaktion: nächster Werktag\n",
        {"Kritisch": (300, None, 14400), "Fehler": (1800, None, 86400), "Warnung": ("nbd", None, None)},
    ),
    "nested es": (
        "# Molino\n\n## Severidades\n\n- Crítico\n  - No hay harina\n  - Primera respuesta: 5 min\n  - Solución: 4 h\n- Error\n  - Una piedra parada\n  - Primera respuesta: 30 min\n  - Solución: 1 día\n- Advertencia\n  - Huele raro\n  - Primera respuesta: siguiente día hábil\n",
        {"Crítico": (300, None, 14400), "Error": (1800, None, 86400), "Advertencia": ("nbd", None, None)},
    ),
    "html de": (
        "# Mühle\n\n## Prioritäten\n\n<table>\n<tr><td>P1</td><td>Mühle steht</td><td>15 Minuten</td></tr>\n<tr><td>P2</td><td>Ein Stein steht</td><td>1 Stunde</td></tr>\n</table>\n",
        {"P1": (900, None, None), "P2": (3600, None, None)},
    ),
    "yaml en": (
        "# Mill plan\n\n## Severities\n\n```yaml\nseverities:\n  - id: SEV1\n    meaning: mill stands\n    ack_minutes: 5\n    resolve_hours: 4\n  - id: SEV2\n    meaning: one stone stands\n    ack_minutes: 15\n    resolve_hours: 24\n```\n",
        {"SEV1": (None, 300, 14400), "SEV2": (None, 900, 86400)},
    ),
    "range en": (
        "# Mill plan\n\n## Severities\n\n| Level | Definition | Response |\n|---|---|---|\n| 1 | Mill stands | 5–10 min, 24x7 |\n| 2 | One stone stands | 30–60 min, Mon–Fri 9–17 |\n| 3 | Noise | 1–2 business days |\n",
        {"Level 1": (600, None, None), "Level 2": (3600, None, None), "Level 3": (172800, None, None)},
    ),
    "ptl en": (
        "# Mill plan\n\n## Alert severities\n\n| Severity | Meaning | Response |\n|---|---|---|\n| page | The mill stands | 5 minutes |\n| ticket | One stone stands | next business day |\n| log | Noise | none |\n",
        {"page": (300, None, None), "ticket": ("nbd", None, None), "log": (None, None, None)},
    ),
    "ptl list": (
        "# Mill plan\n\n## Severity levels\n\n- **page**: the mill stands; someone responds within 5 minutes\n- **warn**: one stone stands; someone responds within 2 hours\n- **routine**: noise; next working day\n",
        {"page": (300, None, None), "warn": (7200, None, None), "routine": ("nbd", None, None)},
    ),
    "rag en": (
        "# Mill plan\n\n## Severity\n\nRed: the mill stands. Respond within 5 minutes.\n\nAmber: one stone stands. Respond within 30 minutes.\n\nGreen: noise. Respond within a day.\n",
        {"Red": (300, None, None), "Amber": (1800, None, None), "Green": (86400, None, None)},
    ),
    "rev en": (
        "# Mill plan\n\n## Severity (5 is the worst)\n\n| Level | Meaning | Respond within |\n|---|---|---|\n| 5 | Mill burns | 1 minute |\n| 4 | Mill stands | 5 minutes |\n| 3 | One stone stands | 30 minutes |\n| 2 | Noise | 1 day |\n| 1 | Question | 3 days |\n",
        {
            "Level 5": (60, None, None),
            "Level 4": (300, None, None),
            "Level 3": (1800, None, None),
            "Level 2": (86400, None, None),
            "Level 1": (259200, None, None),
        },
    ),
    "rev en up": (
        "# Mill plan\n\n## Severity\n\nSeverity 1 is the least urgent, 5 the most.\n\n| Severity | Meaning | Respond within |\n|---|---|---|\n| SEV1 | Question | 3 days |\n| SEV2 | Noise | 1 day |\n| SEV3 | One stone stands | 30 minutes |\n| SEV4 | Mill stands | 5 minutes |\n",
        {
            "SEV4": (300, None, None),
            "SEV3": (1800, None, None),
            "SEV2": (86400, None, None),
            "SEV1": (259200, None, None),
        },
    ),
    "cew en": (
        "# Mill plan\n\n## Severity\n\n| Level | Respond within |\n|---|---|\n| Critical | 5 minutes |\n| Error | 1 hour |\n| Warning | 1 day |\n",
        {"Critical": (300, None, None), "Error": (3600, None, None), "Warning": (86400, None, None)},
    ),
    "cew fr": (
        "# Moulin\n\n## Gravité\n\n| Niveau | Répondre sous |\n|---|---|\n| Critique | 5 minutes |\n| Erreur | 1 heure |\n| Avertissement | 1 jour |\n",
        {"Critique": (300, None, None), "Erreur": (3600, None, None), "Avertissement": (86400, None, None)},
    ),
    "cew ru": (
        "# Мельница\n\n## Критичность\n\n| Уровень | Ответить в течение |\n|---|---|\n| Критический | 5 минут |\n| Ошибка | 1 часа |\n| Предупреждение | 1 дня |\n",
        {"Критический": (300, None, None), "Ошибка": (3600, None, None), "Предупреждение": (86400, None, None)},
    ),
    "order de": (
        "# Mühle\n\n## Prioritäten\n\n| Behebung | Beispiel | Reaktion | Prio |\n|---|---|---|---|\n| 4 Std. | Mühle steht | 5 Min. | 1 |\n| 1 Tag | Ein Stein | 30 Min. | 2 |\n",
        {"Prio 1": (300, None, 14400), "Prio 2": (1800, None, 86400)},
    ),
    "mttx en": (
        "# Mill plan\n\n## Severity\n\n| Sev | MTTA | MTTM | MTTR |\n|---|---|---|---|\n| P1 | 5 min | 30 min | 4 h |\n| P2 | 15 min | 2 h | 1 day |\n",
        {"P1": (None, 300, 14400), "P2": (None, 900, 86400)},
    ),
}


def _time(found: Duration | None) -> Time:
    if found is None:
        return None
    return "nbd" if found.seconds is None and found.kind is DurationKind.BUSINESS else found.seconds


@pytest.mark.parametrize("scale", SCALES)
def test_a_scale_is_read_in_whatever_layout_it_stands(scale: str) -> None:
    """Its levels in their order, each with the clocks that are stated for it; a text that is no scale makes none."""
    text, wanted = SCALES[scale]
    found = {
        one.name: (_time(one.response_target), _time(one.acknowledge_target), _time(one.resolution_target))
        for one in compile_runbook(text).severities
    }
    assert list(found.items()) == list(wanted.items())
