"""The words for amounts: units with their size, what can be counted, and the words that make a number a limit."""

from __future__ import annotations

import re
from collections.abc import Iterable

SPAN, SHARE, BYTES = "span", "share", "bytes"

_UNITS = {
    (SPAN, 1e-6): "us, µs, microsecond, microseconds",
    (SPAN, 1e-3): "ms, msec, millisecond, milliseconds, millis",
    (
        SPAN,
        1.0,
    ): "s, sec, secs, second, seconds, sekunde, sekunden, segundo, segundos, seconde, secondes, secondo, secondi, 秒",
    (SPAN, 60.0): "m, min, mins, minute, minutes, minuten, minuto, minutos, minuti, 分钟",
    (SPAN, 3600.0): "h, hr, hrs, hour, hours, stunde, stunden, hora, horas, heure, heures, ora, ore, 小时",
    (SPAN, 86_400.0): "d, day, days, tag, tage, tagen, dia, dias, día, días, jour, jours, giorno, giorni, 天",
    (SPAN, 604_800.0): "week, weeks, woche, wochen, semana, semanas, semaine, semaines, settimana, settimane",
    (SHARE, 1.0): "%, percent, per cent, prozent, por ciento, por cento, pour cent, per cento",
    (BYTES, 1.0): "b, byte, bytes",
    (BYTES, 1e3): "kb",
    (BYTES, 1e6): "mb",
    (BYTES, 1e9): "gb",
    (BYTES, 1e12): "tb",
    (BYTES, 2.0**10): "kib",
    (BYTES, 2.0**20): "mib",
    (BYTES, 2.0**30): "gib",
    (BYTES, 2.0**40): "tib",
}
UNITS: dict[str, tuple[str, float]] = {word: unit for unit, words in _UNITS.items() for word in words.split(", ")}
"""What a unit measures, and its size: in seconds, percent or bytes. Written small."""

MAGNITUDES = {"k": 1e3, "thousand": 1e3, "million": 1e6, "mio": 1e6, "billion": 1e9}
VAGUE = {"dozens": 24.0, "hundreds": 200.0, "thousands": 2000.0, "millions": 2e6}
"""Words for at least so many."""

_COUNTED = {
    "user": "user, users, customer, customers, client, clients, visitor, visitors, people, account, accounts, member, "
    "members, tenant, tenants, subscriber, subscribers, shopper, shoppers, nutzer, benutzer, kunden, usuário, "
    "usuários, usuario, usuarios, clientes, utilisateur, utilisateurs, utente, utenti, clienti",
    "request": "request, requests, call, calls, hit, hits, response, responses, anfragen, requisições, solicitudes, "
    "peticiones, requêtes, richieste",
    "error": "error, errors, exception, exceptions, failure, failures, fehler, erro, erros, errores, erreur, erreurs, "
    "errore, errori",
    "event": "event, events, ereignisse, eventos, événements, eventi",
    "job": "job, jobs, message, messages, task, tasks, queue, backlog, nachrichten, mensagens, mensajes, messaggi",
    "connection": "connection, connections, verbindungen, conexões, conexiones, connexions, connessioni",
    "order": "order, orders, bestellungen, pedidos, commandes, ordini",
    "payment": "payment, payments, transaction, transactions, checkout, checkouts, zahlungen, pagamentos, pagos, "
    "paiements, pagamenti",
    "query": "query, queries, abfragen, consultas",
    "row": "row, rows, record, records, zeilen",
    "machine": "pod, pods, host, hosts, server, servers, instance, instances, node, nodes, replica, replicas, "
    "container, containers, servidores, serveurs, knoten",
    "attempt": "attempt, attempts, login, logins, versuche, tentativas, intentos, tentatives, tentativi",
    "restart": "restart, restarts, neustarts, reinicios, redémarrages, riavvii",
}
COUNTED: dict[str, str] = {word: thing for thing, words in _COUNTED.items() for word in words.split(", ")}
"""By the word, what is counted."""
WHICH = (
    "affected|impacted|active|paying|distinct|unique|failed|failing|concurrent|pending|waiting|open|db|database|"
    "different|stuck|unhandled|new|dead|slow|http|api|internal|enterprise|premium|login|total|in use|"
    "betroffene|aktive|fehlgeschlagene|offene"
)
"""What may stand between a number and what it counts, or behind the latter."""

ABOVE = {
    ">": True,
    ">=": False,
    "≥": False,
    "more than": True,
    "greater than": True,
    "higher than": True,
    "longer than": True,
    "slower than": True,
    "over": True,
    "above": True,
    "exceeding": True,
    "exceeds": True,
    "exceed": True,
    "beyond": True,
    "at least": False,
    "no less than": False,
    "not less than": False,
    "mehr als": True,
    "länger als": True,
    "über": True,
    "mindestens": False,
    "más de": True,
    "superior a": True,
    "superiores a": True,
    "por encima de": True,
    "al menos": False,
    "mais de": True,
    "acima de": True,
    "pelo menos": False,
    "plus de": True,
    "supérieur à": True,
    "supérieure à": True,
    "au-dessus de": True,
    "au moins": False,
    "più di": True,
    "superiore a": True,
    "superiori a": True,
    "oltre": True,
    "almeno": False,
}
"""What makes a number the lower end, and whether it is left out itself."""
BELOW = {
    "<": True,
    "<=": False,
    "≤": False,
    "less than": True,
    "lower than": True,
    "fewer than": True,
    "shorter than": True,
    "under": True,
    "below": True,
    "at most": False,
    "up to": False,
    "no more than": False,
    "not more than": False,
    "weniger als": True,
    "kürzer als": True,
    "unter": True,
    "höchstens": False,
    "menos de": True,
    "inferior a": True,
    "por debajo de": True,
    "como máximo": False,
    "abaixo de": True,
    "no máximo": False,
    "moins de": True,
    "inférieur à": True,
    "au-dessous de": True,
    "au plus": False,
    "meno di": True,
    "inferiore a": True,
    "al massimo": False,
}
"""What makes a number the upper end, and whether it is left out itself."""

FILLERS = ("between", "from", "about", "around", "~", "≈")
"""What may stand between those words and the number."""
IS = "is|are|at|was|were|now|reached|bei|ist|liegt|está|en|em|est|à|è"
WINDOWS = frozenset(
    {
        "in",
        "every",
        "per",
        "each",
        "within",
        "after",
        "until",
        "t",
        "alle",
        "pro",
        "nach",
        "innerhalb",
        "cada",
        "tras",
        "dentro",
        "em",
        "após",
        "toutes",
        "chaque",
        "dans",
        "après",
        "ogni",
        "entro",
        "dopo",
    }
)
"""A span behind one of these says when, or how often, not how long."""
FOR = frozenset(
    {
        "for",
        "lasts",
        "lasting",
        "last",
        "past",
        "since",
        "during",
        "seit",
        "durante",
        "desde",
        "por",
        "hace",
        "há",
        "depuis",
        "pendant",
    }
)
THRESHOLDS = frozenset(
    {
        "threshold",
        "limit",
        "target",
        "slo",
        "sla",
        "budget",
        "maximum",
        "max",
        "allowed",
        "of",
        "schwelle",
        "grenzwert",
        "umbral",
        "límite",
        "limite",
        "limiar",
        "seuil",
        "soglia",
    }
)
"""A number behind one of these is what the alert compares with."""

TAKES = (
    r"latency|latencies|laten[zc]\w*|latência|latencia|temps de réponse|"
    r"tempo di risposta|tempo de resposta|antwortzeit\w*|"
    r"respon\w+|load\w*|slow\w*|p\d\d|percentile|takes?|took|taking|quer(?:y|ies)|statements?|ttfb"
)
LASTS = (
    r"outages?|downtime|down|unavailab\w+|unreachable|errors?|fail\w*|impact\w*|degrad\w*|disruptions?|interruptions?|"
    r"broken|affected|loss|ausfall\w*|ausgefallen|nicht erreichbar|caído|caída|fuera de servicio|fora do ar|"
    r"indispon\w+|panne|fermo|ferma|non raggiungibile"
)
WAITS = (
    r"lag\w*|verzögerung\w*|rückstand|retraso|atraso|retard|ritardo|delay\w*|behind|age|oldest|waiting|backlog|queue\w*"
)
"""By the word that stands nearest: whether a span is how long something takes, lasts, or waits."""


def any_of(words: Iterable[str]) -> str:
    """A pattern for any of the words, the longest first."""
    return "|".join(re.escape(word).replace(r"\ ", r"\s") for word in sorted(words, key=len, reverse=True))
