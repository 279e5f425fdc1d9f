"""Times as teams word them in nine languages: when somebody answers, and when it is over."""

from __future__ import annotations

import pytest

from tocsin.runbook.compile import compile_runbook
from tocsin.runbook.durations import target

M, H, D = 60, 3600, 86_400
"""Seconds."""
NOW, EFFORT, DAY = (0, "immediate"), (None, "best_effort"), (None, "business")
"""At once; no length promised; on a day on which somebody works, the next or the same."""


def _working(seconds: int) -> tuple[int, str]:
    """A length of which only working time counts."""
    return seconds, "business"


WORDINGS: dict[str, dict[str, int | tuple[int | None, str] | None]] = {
    "en": {
        "within 15 minutes": 15 * M, "ASAP": NOW, "4 business hours": _working(4 * H), "1 BD": _working(D),
        "EOD": DAY, "< 1h": H, "≤15m": 15 * M, "15-30 mins": 30 * M, "half an hour": 30 * M, "within the hour": H,
        "best effort": EFFORT, "Best-effort": EFFORT, "24/7": None, "1 business day": _working(D), "NBD": DAY,
        "next business day": DAY, "15 min. or less": 15 * M, "under 5 mins": 5 * M, "no later than 2 hrs": 2 * H,
        "up to 4 hours": 4 * H, "< 15 minutes (24/7)": 15 * M, "15 minutes, 24x7": 15 * M,
        "5 business days": _working(5 * D), "within one (1) hour": H, "Immediately": NOW, "right away": NOW,
        "same day": DAY, "1 working day": _working(D), "2 hrs (business hours)": _working(2 * H),
        "30 minutes (24x7x365)": 30 * M, "a day": D, "72 hours": 3 * D, "2 wks": 14 * D, "Instant": NOW,
        "within 1 to 2 hours": 2 * H, "four hours": 4 * H, "N/A": None, "TBD": None, "48 h": 2 * D, "60min": H,
        "0-15 min": 15 * M, "fifteen (15) minutes": 15 * M, "1-2 business days": _working(2 * D), "by COB": DAY,
        "within 24 clock hours": D, "8 work hours": _working(8 * H), "0 minutes": 0 * D,
        "15 minutes or sooner": 15 * M, "end of next business day": DAY, "quarter of an hour": 15 * M,
        "2 bus. hours": _working(2 * H), "3 bdays": _working(3 * D), "1 biz day": _working(D),
        "a few minutes": EFFORT, "45 minutes max": 45 * M, "max. 45 min": 45 * M, "30 min – 1 hour": H,
        "1h-2h": 2 * H, "30 minutes to 1 hour": H, "between 15 and 30 minutes": 30 * M, "24 hours a day": None,
        "24 hours a day, 7 days a week": None, "24x7x365": None, "15 min (24 hours a day)": 15 * M,
        "as soon as possible": EFFORT, "1 hour(s)": H, "15 minute(s)": 15 * M, "1h30m": 90 * M, "1h 30m": 90 * M,
        "90m": 90 * M, "15-minute SLA": 15 * M, "5 calendar days": 5 * D, "2 full days": 2 * D,
        "15 min 24/7": 15 * M, "within 15 min, 24/7": 15 * M, "1 business hour": _working(H), "< 1 BD": _working(D),
        "1-2 BD": _working(2 * D), "Same-day": DAY, "Next-day": DAY, "next-business-day": DAY, "Within 24 hrs": D,
        "Target: 15 min": 15 * M, "P95 < 15 min": 15 * M, "None": None, "As needed": None, "when available": EFFORT,
        "at the next standup": None, "5 minutes (page)": 5 * M, "in the next sprint": DAY, "within a week": 7 * D,
        "within the day": DAY, "<=4h": 4 * H, "=< 4h": 4 * H, "~15 min": 15 * M, "about 15 min": 15 * M,
        "approx. 2 hours": 2 * H, "15+ minutes": 15 * M, "> 1 week": 7 * D, "few hours": EFFORT,
        "Immediate - 15 min": 15 * M, "Immediate, 24/7": NOW, "Now": NOW, "00:15": None, "PT15M": 15 * M,
        "PT4H": 4 * H, "P1D": None, "1d": D, "2w": 14 * D, "1 mo": 30 * D, "one week": 7 * D,
        "two business days": _working(2 * D),
    },
    "es": {
        "dentro de 15 minutos": 15 * M, "en menos de 1 hora": H, "inmediato": NOW, "inmediatamente": NOW,
        "lo antes posible": EFFORT, "de inmediato": NOW, "siguiente día hábil": DAY, "próximo día laborable": DAY,
        "4 horas hábiles": _working(4 * H), "4 horas laborables": _working(4 * H), "1 día laborable": _working(D),
        "2 días hábiles": _working(2 * D), "hasta 30 min": 30 * M, "máximo 2 horas": 2 * H, "máx. 2 h": 2 * H,
        "media hora": 30 * M, "un cuarto de hora": 15 * M, "15 a 30 minutos": 30 * M,
        "entre 15 y 30 minutos": 30 * M, "15–30 min": 30 * M, "menos de una hora": H, "24 hs": D, "2 hs": 2 * H,
        "al final del día": DAY, "mejor esfuerzo": EFFORT, "el mismo día": DAY, "en el día": DAY, "1 semana": 7 * D,
        "próximo sprint": DAY, "24x7": None, "5 min.": 5 * M, "72 hrs": 3 * D, "24 horas hábiles": _working(D),
        "siguiente jornada laboral": DAY, "a la brevedad": EFFORT, "a más tardar en 2 horas": 2 * H,
        "al instante": NOW, "según disponibilidad": EFFORT, "24 horas al día": None, "24 horas, los 7 días": None,
        "de 15 a 30 min": 30 * M, "30 min a 1 h": H, "1 h – 2 h": 2 * H, "una hora": H, "dos horas": 2 * H,
        "antes de 4 horas": 4 * H, "en 15 min o menos": 15 * M, "no más de 2 h": 2 * H,
        "1 hora laboral": _working(H), "8 horas laborales": _working(8 * H), "tres días hábiles": _working(3 * D),
        "menos de 15 min": 15 * M, "el siguiente día laborable": DAY, "día siguiente": DAY, "mismo día": DAY,
        "cuando sea posible": EFFORT, "sin SLA": None, "1 jornada laboral": _working(D), "en la semana": None,
        "próxima release": DAY, "5 días naturales": 5 * D, "5 d. hábiles": _working(5 * D),
        "al siguiente día hábil": DAY,
    },
    "pt": {
        "em até 15 minutos": 15 * M, "dentro de 1 hora": H, "imediato": NOW, "imediatamente": NOW,
        "o mais rápido possível": EFFORT, "próximo dia útil": DAY, "4 horas úteis": _working(4 * H),
        "1 dia útil": _working(D), "2 dias úteis": _working(2 * D), "até 30 min": 30 * M,
        "máximo de 2 horas": 2 * H, "meia hora": 30 * M, "15 a 30 minutos": 30 * M, "de 15 a 30 min": 30 * M,
        "menos de uma hora": H, "no mesmo dia": DAY, "até o fim do dia": DAY, "melhor esforço": EFFORT,
        "1 semana": 7 * D, "próxima sprint": DAY, "4h (horário comercial)": _working(4 * H), "24x7": None,
        "em no máximo 2h": 2 * H, "48 horas corridas": 2 * D, "5 dias corridos": 5 * D, "< 15min": 15 * M,
        "1 hora e meia": 90 * M, "até 1 dia": D, "assim que possível": EFFORT, "de imediato": NOW,
        "sob demanda": EFFORT, "em 15 min ou menos": 15 * M, "quinze minutos": 15 * M,
        "até 4h úteis": _working(4 * H), "2 d.u.": _working(2 * D), "dia útil seguinte": DAY,
        "24 horas por dia": None, "24 horas por dia, 7 dias por semana": None, "entre 15 e 30 minutos": 30 * M,
        "30 min a 1 h": H, "uma hora": H, "duas horas": 2 * H, "antes de 4 horas": 4 * H, "não mais que 2 h": 2 * H,
        "8 horas comerciais": _working(8 * H), "três dias úteis": _working(3 * D), "em menos de 15 min": 15 * M,
        "até 24h corridas": D, "no próximo dia útil": DAY, "próxima release": DAY,
        "conforme disponibilidade": EFFORT, "sem SLA": None, "5 dias úteis": _working(5 * D),
        "15min úteis": _working(15 * M), "1h útil": _working(H), "até 1h": H, "dentro de 24 h": D, "mesmo dia": DAY,
    },
    "fr": {
        "sous 30 min": 30 * M, "sous 1h": H, "dans les 15 minutes": 15 * M, "dans l'heure": H, "immédiat": NOW,
        "immédiate": NOW, "immédiatement": NOW, "dès que possible": EFFORT, "jour ouvré suivant": DAY,
        "prochain jour ouvré": DAY, "J+1 ouvré": _working(D), "J+1": D, "4 heures ouvrées": _working(4 * H),
        "4h ouvrées": _working(4 * H), "1 jour ouvré": _working(D), "2 jours ouvrés": _working(2 * D),
        "3 jours ouvrables": _working(3 * D), "moins d'une heure": H, "une demi-heure": 30 * M,
        "un quart d'heure": 15 * M, "15 à 30 minutes": 30 * M, "15-30 min": 30 * M, "1 h 30": 90 * M,
        "1h30": 90 * M, "dans la journée": DAY, "meilleur effort": EFFORT, "au mieux": EFFORT, "24h/24": None,
        "24 h/24, 7 j/7": None, "7j/7": None, "< 15 mn": 15 * M, "2 semaines": 14 * D, "fin de journée": DAY,
        "au plus tard sous 2 h": 2 * H, "4 heures (heures ouvrées)": _working(4 * H), "prochain sprint": DAY,
        "une heure": H, "quinze minutes": 15 * M, "tout de suite": NOW, "48 heures": 2 * D, "sous 5 jours": 5 * D,
        "lendemain": DAY, "24 heures sur 24": None, "24h sur 24": None, "7 jours sur 7": None,
        "entre 15 et 30 minutes": 30 * M, "30 min à 1 h": H, "deux heures": 2 * H, "avant 4 heures": 4 * H,
        "en moins de 15 min": 15 * M, "pas plus de 2 h": 2 * H, "8 h ouvrées": _working(8 * H),
        "trois jours ouvrés": _working(3 * D), "5 jours calendaires": 5 * D, "1 j": D,
        "2 j ouvrés": _working(2 * D), "5 j.o.": _working(5 * D), "J + 1": D, "J+2 ouvrés": _working(2 * D),
        "prochaine version": DAY, "selon disponibilité": EFFORT, "sans SLA": None, "au plus vite": EFFORT,
        "le plus vite possible": EFFORT, "au prochain sprint": DAY, "dans la semaine": None, "15 mn": 15 * M,
        "1h ouvrée": _working(H), "sous une heure": H,
    },
    "de": {
        "innerhalb von 1 Std.": H, "innerhalb von 15 Minuten": 15 * M, "binnen 15 Min.": 15 * M, "sofort": NOW,
        "unverzüglich": NOW, "umgehend": NOW, "so schnell wie möglich": EFFORT, "schnellstmöglich": EFFORT,
        "nächster Werktag": DAY, "am nächsten Arbeitstag": DAY, "4 Arbeitsstunden": _working(4 * H),
        "1 Werktag": _working(D), "2 Arbeitstage": _working(2 * D), "max. 30 Min": 30 * M,
        "maximal 2 Stunden": 2 * H, "halbe Stunde": 30 * M, "eine halbe Stunde": 30 * M,
        "eine Viertelstunde": 15 * M, "15 bis 30 Minuten": 30 * M, "15–30 Min": 30 * M, "unter 1 Stunde": H,
        "weniger als eine Stunde": H, "noch am selben Tag": DAY, "bis Ende des Tages": DAY, "Bestmöglich": EFFORT,
        "nach bestem Bemühen": EFFORT, "1 Woche": 7 * D, "nächster Sprint": DAY,
        "4 Std. (Geschäftszeiten)": _working(4 * H), "24/7": None, "rund um die Uhr": None,
        "2 h innerhalb der Geschäftszeiten": _working(2 * H), "spätestens nach 2 Stunden": 2 * H, "1 Std": H,
        "2 Stdn.": 2 * H, "NBD": DAY, "drei Tage": 3 * D, "eineinhalb Stunden": 90 * M, "bis zu 4 h": 4 * H,
        "Folgetag": DAY, "nächster Tag": DAY, "24 Stunden am Tag": None, "24 h / 7 Tage": None,
        "zwischen 15 und 30 Minuten": 30 * M, "30 Min. bis 1 Std.": H, "eine Stunde": H, "zwei Stunden": 2 * H,
        "vor Ablauf von 4 Stunden": 4 * H, "in 15 Minuten oder weniger": 15 * M, "höchstens 2 Stunden": 2 * H,
        "8 Geschäftsstunden": _working(8 * H), "drei Werktage": _working(3 * D), "5 Kalendertage": 5 * D,
        "innerhalb eines Tages": D, "innerhalb einer Woche": 7 * D, "am nächsten Werktag": DAY,
        "nächstes Release": DAY, "nach Verfügbarkeit": EFFORT, "ohne SLA": None, "2 Tg.": 2 * D,
        "am selben Werktag": DAY, "15 min.": 15 * M, "1 h (Mo-Fr)": H, "30 Minuten (24/7)": 30 * M,
        "1 Stunde (Geschäftszeit)": _working(H), "im nächsten Sprint": DAY, "halber Tag": None,
    },
    "it": {
        "entro 2 ore": 2 * H, "entro 15 minuti": 15 * M, "entro un'ora": H, "immediato": NOW, "immediata": NOW,
        "immediatamente": NOW, "subito": NOW, "il prima possibile": EFFORT, "appena possibile": EFFORT,
        "giorno lavorativo successivo": DAY, "prossimo giorno lavorativo": DAY, "4 ore lavorative": _working(4 * H),
        "1 giorno lavorativo": _working(D), "2 giorni lavorativi": _working(2 * D), "massimo 2 ore": 2 * H,
        "max 30 min": 30 * M, "mezz'ora": 30 * M, "un quarto d'ora": 15 * M, "15-30 min": 30 * M,
        "da 15 a 30 minuti": 30 * M, "tra 15 e 30 minuti": 30 * M, "meno di un'ora": H, "in giornata": DAY,
        "entro fine giornata": DAY, "entro la giornata": DAY, "best effort": EFFORT, "1 settimana": 7 * D,
        "prossimo sprint": DAY, "4 ore (orario lavorativo)": _working(4 * H),
        "4 ore in orario d'ufficio": _working(4 * H), "24/7": None, "h24": None, "5 gg": 5 * D,
        "2 gg lavorativi": _working(2 * D), "entro le 2 ore": 2 * H, "un'ora e mezza": 90 * M,
        "quindici minuti": 15 * M, "entro 1 h": H, "tempestivamente": EFFORT, "NBD": DAY, "24 ore su 24": None,
        "7 giorni su 7": None, "tra 15 e 30 min": 30 * M, "30 min - 1 ora": H, "un'ora": H, "due ore": 2 * H,
        "prima di 4 ore": 4 * H, "in 15 minuti o meno": 15 * M, "non oltre 2 ore": 2 * H,
        "8 ore lavorative": _working(8 * H), "tre giorni lavorativi": _working(3 * D), "5 giorni solari": 5 * D,
        "entro un giorno": D, "entro una settimana": 7 * D, "il giorno lavorativo successivo": DAY,
        "prossima release": DAY, "in base alla disponibilità": EFFORT, "nessuno SLA": None, "stesso giorno": DAY,
        "al prossimo sprint": DAY, "entro 4 h lavorative": _working(4 * H), "1 gg": D, "massimo 1 ora": H,
    },
    "ja": {
        "15分以内": 15 * M, "15分以内に対応": 15 * M, "即時": NOW, "即座": NOW, "直ちに": NOW, "すぐに": NOW,
        "できるだけ早く": EFFORT, "即時対応": NOW, "翌営業日": DAY, "翌営業日中": DAY, "翌営業日以内": DAY,
        "4営業時間": _working(4 * H), "1営業日": _working(D), "2営業日以内": _working(2 * D),
        "3営業日": _working(3 * D), "最大2時間": 2 * H, "30分": 30 * M, "30分以内": 30 * M, "15～30分": 30 * M,
        "15〜30分以内": 30 * M, "15-30分": 30 * M, "1時間未満": H, "当日中": DAY, "本日中": DAY,
        "ベストエフォート": EFFORT, "1週間": 7 * D, "次回スプリント": DAY, "次スプリント": DAY,
        "4時間（営業時間内）": _working(4 * H), "24時間365日": None, "24時間以内": D, "１５分以内": 15 * M,
        "1 時間": H, "3日以内": 3 * D, "1ヶ月以内": 30 * D, "1か月": 30 * D, "2週間以内": 14 * D, "1時間半": 90 * M,
        "可能な限り早く": EFFORT, "5分": 5 * M, "24時間対応": None, "24時間体制": None, "24時間365日対応": None,
        "15分〜30分": 30 * M, "30分から1時間": H, "30分～1時間以内": H, "2営業日": _working(2 * D),
        "1営業日以内に回答": _working(D), "8営業時間以内": _working(8 * H), "同日中": DAY, "次の営業日": DAY,
        "即日対応": DAY, "15 分以内": 15 * M, "1h以内": H, "5分以内に一次応答": 5 * M, "約30分": 30 * M,
        "30分程度": 30 * M, "遅くとも1時間以内": H, "可能な範囲で": EFFORT, "なるべく早く": EFFORT,
        "次回リリース": DAY, "SLAなし": None, "なし": None, "数時間以内": EFFORT, "三十分以内": 30 * M,
        "5営業日（目安）": _working(5 * D), "1時間以内（営業時間内）": _working(H), "平日9時〜18時に対応": None,
    },
    "zh": {
        "30分钟内": 30 * M, "15 分钟内响应": 15 * M, "立即": NOW, "立即响应": NOW, "马上": NOW, "尽快": EFFORT,
        "即时": NOW, "下一个工作日": DAY, "次日": DAY, "下个工作日": DAY, "4个工作小时": _working(4 * H),
        "4工作小时": _working(4 * H), "1个工作日": _working(D), "2个工作日内": _working(2 * D), "最多2小时": 2 * H,
        "不超过30分钟": 30 * M, "半小时": 30 * M, "半小时内": 30 * M, "半个小时": 30 * M, "一刻钟": 15 * M,
        "15-30分钟": 30 * M, "15~30 分钟": 30 * M, "15至30分钟": 30 * M, "1小时内": H, "小于1小时": H, "当天": DAY,
        "当日内": DAY, "尽力而为": EFFORT, "1周": 7 * D, "一周内": 7 * D, "下个迭代": DAY,
        "4小时（工作时间）": _working(4 * H), "7x24": None, "7×24小时": None, "24小时内": D, "１５分钟": 15 * M,
        "两小时": 2 * H, "一小时": H, "3天内": 3 * D, "≤15分钟": 15 * M, "< 5 min": 5 * M, "一个月": 30 * D,
        "5 分鐘內": 5 * M, "隔日": DAY, "次个工作日": DAY, "1个自然日": D, "下版本": DAY, "排期处理": DAY,
        "7*24小时": None, "24小时全天候": None, "7x24小时响应": None, "15分钟到30分钟": 30 * M, "30分钟至1小时": H,
        "30分钟-1小时": H, "2个工作日": _working(2 * D), "1个工作日内回复": _working(D),
        "8个工作小时内": _working(8 * H), "同日": DAY, "15 min内": 15 * M, "1h内": H, "5分钟内首次响应": 5 * M,
        "约30分钟": 30 * M, "最晚1小时内": H, "尽早": EFFORT, "下个版本": DAY, "无": None, "无SLA": None,
        "数小时内": EFFORT, "三十分钟内": 30 * M, "十分钟": 10 * M, "不超过1天": D, "一天内": D, "两天内": 2 * D,
        "一个工作日内": _working(D), "三个工作日": _working(3 * D), "当日下班前": DAY, "5 分钟以内": 5 * M,
    },
    "ru": {
        "в течение часа": H, "в течение 15 минут": 15 * M, "немедленно": NOW, "немедленная": NOW, "сразу": NOW,
        "как можно скорее": EFFORT, "срочно": NOW, "незамедлительно": NOW, "следующий рабочий день": DAY,
        "на следующий рабочий день": DAY, "4 рабочих часа": _working(4 * H), "1 рабочий день": _working(D),
        "2 рабочих дня": _working(2 * D), "5 рабочих дней": _working(5 * D), "до 30 мин": 30 * M,
        "не более 2 часов": 2 * H, "макс. 2 часа": 2 * H, "полчаса": 30 * M, "четверть часа": 15 * M,
        "15-30 минут": 30 * M, "от 15 до 30 минут": 30 * M, "15–30 мин.": 30 * M, "менее часа": H,
        "в тот же день": DAY, "до конца дня": DAY, "до конца рабочего дня": DAY, "по возможности": EFFORT,
        "1 неделя": 7 * D, "следующий спринт": DAY, "4 часа (рабочее время)": _working(4 * H),
        "4 ч в рабочее время": _working(4 * H), "24/7": None, "круглосуточно": None, "1 ч.": H, "2 суток": 2 * D,
        "3 дня": 3 * D, "полтора часа": 90 * M, "пятнадцать минут": 15 * M, "в рабочем порядке": DAY,
        "плановый релиз": DAY, "в течение дня": DAY, "1 р.д.": _working(D), "в течение рабочего дня": DAY,
        "24 часа в сутки": None, "24 часа в сутки, 7 дней в неделю": None, "между 15 и 30 минутами": 30 * M,
        "от 30 мин до 1 часа": H, "30 мин – 1 час": H, "один час": H, "два часа": 2 * H,
        "не позднее 4 часов": 4 * H, "за 15 минут": 15 * M, "8 рабочих часов": _working(8 * H),
        "три рабочих дня": _working(3 * D), "5 календарных дней": 5 * D, "в течение недели": 7 * D,
        "в течение суток": D, "следующий релиз": DAY, "по мере возможности": EFFORT, "без SLA": None,
        "1 раб. день": _working(D), "3 раб. дня": _working(3 * D), "15 мин.": 15 * M, "1 ч": H, "4 ч.": 4 * H,
        "до 1 ч": H, "в тот же рабочий день": DAY, "1 час (в рабочее время)": _working(H),
        "в ближайший рабочий день": DAY, "до часа": H, "пол часа": 30 * M,
    },
}  # fmt: skip
"""Seconds as they run, or with how they are counted; None where no time is stated."""


@pytest.mark.parametrize("language", WORDINGS)
def test_a_time_means_the_same_in_every_wording(language: str) -> None:
    """Ranges keep their upper end, working time is marked, and no "24 hours a day" is a length."""
    misread = {}
    for text, meant in WORDINGS[language].items():
        found = target(text)
        said = None if found is None else (found.seconds, found.kind.value)
        wanted = (meant, "elapsed") if isinstance(meant, int) else meant
        if said != wanted:
            misread[text] = (wanted, said)
    assert misread == {}


@pytest.mark.parametrize(
    "said", ["Page the owner as in chapter (3).", "After 2 and more floods, page the owner.", "Page the owner (4)."]
)
def test_a_smaller_number_is_no_later_time(said: str) -> None:
    """The times of a ladder climb: "(3)" behind "after 15 minutes" is a chapter, and "after 2 and more" a count."""
    levels = compile_runbook(f"# Kiln\n\n## Escalation\n\nPage the baker. After 15 minutes page the lead. {said}\n")
    assert [one.after.seconds if one.after else None for one in levels.escalation_levels] == [None, 900, None]
