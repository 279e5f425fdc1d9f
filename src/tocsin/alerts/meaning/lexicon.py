"""The words of operations and what they have in common: "RDS", "Postgres" and "db" all speak of the database.

A monitor and a runbook rarely use the same words for the same trouble. Each line below is a concept with the
words and phrases for it, in their plain form (`words.py` reduces them to stems). What a thing is (OBJECT) tells
procedures apart better than what happens to it (PREDICATE); words that every alert uses tell hardly anything
(WEAK). Words that stand nowhere here are themselves, and weigh PLAIN.
"""

from __future__ import annotations

OBJECT, PREDICATE, QUALIFIER, PLAIN, WEAK = 1.0, 0.7, 0.5, 0.4, 0.15

OBJECTS = {
    "database": "database, db, postgres, postgre, postgresql, pg, rds, aurora, mysql, mariadb, sql, mongodb, "
    "supabase, pgbouncer, psql, sqlite, cockroach",
    "connection": "connection, connect, connectivity, connection pool, too many clients, econnrefused",
    "query": "query, statement, deadlock, lock wait, index scan",
    "memory": "memory, ram, heap, rss, oom, out of memory, oom killed, swap",
    "leak": "leak",
    "cpu": "cpu, processor, load average",
    "stripe": "stripe",
    "payment": "payment, pay, paying, paid, checkout, billing, charge, invoice, credit card, refund, stripe, "
    "purchase, paypal",
    "webhook": "webhook, callback",
    "queue": "queue, queue depth, queue length, queue size, backlog, dead letter, dlq, bullmq, sidekiq, celery, "
    "sqs, rabbitmq, kafka, consumer lag, oldest message, redis stream",
    "job": "job, worker, queue depth, queue length, queue size",
    "rate limit": "rate limit, rate limited, ratelimit, throttle, throttled, 429, too many requests, quota, "
    "limiting requests",
    "website": "website, site, webpage, homepage, home page, landing page, frontend, storefront, web server, web "
    "page, web app, shop",
    "health check": "health check, un healthy, healthcheck, health probe, liveness, readiness, healthz, readyz, "
    "probe, unhealthy, uptime check, blackbox, heartbeat, ping, synthetic check",
    "load balancer": "load balancer, elb, alb, ingress, target group, haproxy",
    "nginx": "nginx",
    "login": "login, log in, logging in, logged in, sign in, signing in, signin, authentication, auth, password, "
    "credential, sso, oauth, session token, log on",
    "security": "security, attack, attacker, breach, intrusion, intruder, unauthorized, unauthorised, "
    "unauthorized access, compromise, malicious, exploit, vulnerability, guardduty, brute force, ddos, suspicious, "
    "injection, hacked, hijacked, stolen, leaked credential, exfiltration, ransomware, data leak, leaked data, data "
    "leaked, data exposed, exposed data, malware, phishing, bot, credential stuffing",
    "traffic": "traffic, requests per second, rps, inbound request",
    "data loss": "data loss, loss of data, lost data, data lost, lose data, losing data, data corruption, "
    "corruption, corrupt, data deleted, deleted data, missing data, data missing, rows missing, missing row, "
    "missing record, table dropped, dropped table, overwritten",
    "cache": "cache, redis, memcached, cdn",
    "disk": "disk, filesystem, volume, inode, storage",
    "certificate": "certificate, cert, ssl, tls",
    "email": "email, mail, smtp",
    "backup": "backup, snapshot",
    "dns": "dns, domain",
    "network": "network, packet loss, packet",
}

PARTS = (
    "feature, function, functionality, module, region, tenant, instance, node, pod, host, replica, container, "
    "exporter, target, shard, job, cache, queue, email, backup, disk, cpu, stripe, webhook"
)
"""Things whose failure is no complete outage, unless the text says that it is one."""

TROUBLE = (
    "error, exception, fail, failure, issue, problem, bug, glitch, cannot, affect, down, slow, broken, timeout, crash"
)
"""Without one of these, "minor" or "some users" says nothing about an incident."""

WHOLE = "website, platform, product, storefront"
"""When one of these is down, customers see a complete outage."""

ELSEWHERE = frozenset({"disk", "certificate", "email", "backup", "dns"})
"""Things beside the product: "slow" or "down" said of them is not said of the product."""

PREDICATES = {
    "down": "down, unavailable, outage, unreachable, offline, unresponsive, dead, absent, blackout, service "
    "unavailable, bad gateway, not up, crash loop, crash looping, zero replicas",
    "slow": "slow, slowness, latency, response time, load time, performance, degradation, degraded, sluggish, "
    "p50, p90, p95, p99, too long, delay, lag, laggy, response duration, request duration, slower, apdex",
    "timeout": "timeout, time out, timed out, timing out, deadline exceeded, gateway timeout",
    "5xx": "5xx, internal server error, bad gateway, service unavailable, gateway timeout, server error",
    "4xx": "4xx, client error",
    "error rate": "error rate, rate of errors, rate of error, error ratio, error percentage, failure rate, error "
    "spike, spike in errors, spike of errors, errors spiking, error budget, exception rate, failure ratio, errors "
    "per minute, errors per second, error volume, error count, request failing, requests failing, request failure, "
    "percent of request",
    "waiting": "waiting, pending, accumulate, pile up, piling up, pile, unprocessed, queue depth, queue length, "
    "queue size, behind",
    "processing": "processing, process, processed",
    "crash": "crash, killed, exited, restarting, restart loop, oom killed, crash loop, crash looping, segfault",
    "unusual": "unusual, suspicious, abnormal, anomalous, anomaly, unexpected, strange",
    "cosmetic": "cosmetic, typo, misaligned, layout, colour, color, font, styling, spelling, alignment",
    "broken": "broken, broke, malfunction",
}

WEAK_WORDS = (
    "error, exception, fail, failure, failing, failed, issue, problem, incident, trouble, bug, high, increase, "
    "increased, increasing, elevated, rise, rising, spike, spiking, large, too many, many, number, count, rate, "
    "level, above, below, threshold, exceed, over, usage, use, utilization, utilisation, application, app, "
    "service, system, server, host, instance, component, user, customer, client, report, reported, log, metric, "
    "check, status, alert, alarm, warning, critical, request, response, call, event, eventual, related, "
    "operation, access, show, showing, detect, detected, trigger, triggered, common, production, prod, minute, "
    "second, hour, day, time, ms, value, current, last, percent, average, avg, more, than, most, get, see, seen, "
    "return, returning, returned, api, endpoint, http, https, sentry, grafana, prometheus, cloudwatch, datadog, "
    "pagerduty, firing, severity, warn, info, page, load, affect, affecting, affected, impact, feature, function, "
    "functionality, environment, detail, please, investigate, respond, answer, attempt, pattern, legitimate, "
    "complaint, grow, growing"
)

STOP_WORDS = (
    "a, an, the, of, in, on, at, to, for, from, by, with, and, or, is, are, was, were, be, been, being, has, "
    "have, had, do, does, did, it, its, this, that, these, those, as, into, out, up, per, our, your, their, we, "
    "they, you, i, he, she, them, his, her, when, while, if, then, so, but, also, just, now, still, yet, only, "
    "own, same, such, any, each, some, few, been, there, here, which, who, whom, whose, what, where, why, how, "
    "will, would, can, could, should, may, might, must, shall, about, after, before, during, since, until, via, "
    "within, across, due"
)

NEGATIONS = "not, no, never, cannot, unable, stop, stopped, without, none"
"""What turns one of the NEGATED words that follows shortly into "down"."""

NEGATED = (
    "respond, responds, responding, response, responses, answer, answers, answering, reach, reached, reachable, "
    "available, ready, running, working, reply, replies, replying, serving, online"
)

QUALIFIERS = {
    "full": "all, complete, completely, total, totally, entire, entirely, full, fully, whole, all users, all "
    "customers, everyone, everybody, all regions, all services, all pods, all replicas, all instances, all nodes, "
    "nobody, every user, every customer, all of our",
    "partial": "partial, partially, intermittent, intermittently, sporadic, subset, some users, some customers, "
    "some requests, part of, one region, one of, limited, several users",
    "many": "multiple, multiple users, many users, many customers, several users, several customers, widespread, "
    "large number of users, hundreds of users, thousands of users",
    "few": "isolated, single user, one user, one customer, small number, a few users, few users, few customers, "
    "limited customer, single customer",
    "major": "major, significant, significantly, severe, severely, serious, core, important, massive",
    "moderate": "moderate, moderately",
    "minor": "minor, small, cosmetic, trivial, minimal, non critical, noncritical, low impact, no significant, "
    "slight, slightly, negligible",
}

AGAINST = {
    "full": {"partial", "few", "minor", "moderate"},
    "partial": {"full"},
    "many": {"few"},
    "few": {"many", "full", "major"},
    "major": {"minor", "few", "moderate"},
    "moderate": {"major", "minor", "full"},
    "minor": {"major", "full", "many", "moderate"},
}
"""The words that cannot be said of the same trouble."""
