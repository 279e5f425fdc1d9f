"""The tables, for both databases. Migrations bring a database to this; a test holds the two equal.

Instants are microseconds since 1970 in UTC. Texts sort by their bytes everywhere ("C" on PostgreSQL), so that both
databases and Python agree on every order.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

metadata = MetaData()

Words = Text().with_variant(Text(collation="C"), "postgresql")
Instant = BigInteger
# SQLite gives out ids by itself only for INTEGER; AUTOINCREMENT keeps one from ever being used twice.
Serial = BigInteger().with_variant(Integer, "sqlite")

facts = Table(
    "facts",
    metadata,
    Column("incident_id", Words, primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("actor", Words, nullable=False),
    Column("type", Words, nullable=False),
    Column("body", Words, nullable=False),
    Index("facts_by_type", "type", "at"),
)

incident_numbers = Table(
    "incident_numbers",
    metadata,
    Column("number", Serial, primary_key=True),
    sqlite_autoincrement=True,
)

incidents = Table(
    "incidents",
    metadata,
    Column("incident_id", Words, primary_key=True),
    Column("number", BigInteger, nullable=False),
    Column("service", Words, nullable=False),
    Column("title", Words, nullable=False),
    Column("state", Words, nullable=False),
    Column("severity", Words),
    Column("rank", BigInteger, nullable=False),
    Column("paging", Boolean, nullable=False),
    Column("declared_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("last_seq", BigInteger, nullable=False),
    Column("plan", Words, nullable=False),
    Column("group_key", Words, nullable=False),
    Column("acknowledged_by", Words),
    Column("commander", Words),
    Column("next_due_at", Instant),
    Column("next_due", Words, nullable=False),
    Column("procedure", Words),
    Column("drill", Boolean, nullable=False),
    Column("resolved_at", Instant),
    Column("words", Words, nullable=False),
    UniqueConstraint("number", name="incidents_number"),
)
Index(
    "incidents_due",
    incidents.c.next_due_at,
    incidents.c.number,
    sqlite_where=text("next_due_at IS NOT NULL"),
    postgresql_where=text("next_due_at IS NOT NULL"),
)
Index(
    "incidents_open",
    incidents.c.number,
    sqlite_where=text("state <> 'resolved'"),
    postgresql_where=text("state <> 'resolved'"),
)
Index(
    "incidents_open_group",
    incidents.c.group_key,
    sqlite_where=text("state <> 'resolved' AND group_key <> ''"),
    postgresql_where=text("state <> 'resolved' AND group_key <> ''"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("key", Words, nullable=False),
    Column("incident_id", Words, nullable=False),
    Column("kind", Words, nullable=False),
    Column("ref", Words, nullable=False),
    Column("outlet", Words, nullable=False),
    Column("state", Words, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("claimable_at", Instant),
    Column("attempts", BigInteger, nullable=False, server_default=text("0")),
    Column("token", BigInteger, nullable=False, server_default=text("0")),
    Column("claimed_by", Words, nullable=False, server_default=text("''")),
    Column("claimed_until", Instant),
    Column("last_error", Words, nullable=False, server_default=text("''")),
    Column("created_at", Instant, nullable=False),
    Column("finished_at", Instant),
    UniqueConstraint("key", name="outbox_key"),
    Index("outbox_by_incident", "incident_id"),
    sqlite_autoincrement=True,
)
Index(
    "outbox_claimable",
    outbox.c.kind,
    outbox.c.claimable_at,
    outbox.c.id,
    sqlite_where=text("claimable_at IS NOT NULL"),
    postgresql_where=text("claimable_at IS NOT NULL"),
)
Index(
    "outbox_running_steps",
    outbox.c.id,
    sqlite_where=text("kind = 'step' AND state = 'claimed'"),
    postgresql_where=text("kind = 'step' AND state = 'claimed'"),
)
Index(
    "outbox_claimed",
    outbox.c.claimed_by,
    sqlite_where=text("state = 'claimed'"),
    postgresql_where=text("state = 'claimed'"),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Serial, primary_key=True),
    Column("integration", Words, nullable=False),
    Column("key", Words, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("content_type", Words, nullable=False),
    Column("state", Words, nullable=False, server_default=text("'new'")),
    Column("trouble", Words, nullable=False),
    Column("copies", BigInteger, nullable=False),
    UniqueConstraint("integration", "key", name="deliveries_key"),
    sqlite_autoincrement=True,
)
Index("deliveries_new", deliveries.c.id, sqlite_where=text("state = 'new'"), postgresql_where=text("state = 'new'"))
Index("deliveries_by_integration", deliveries.c.integration, deliveries.c.id)

delivery_bodies = Table(
    "delivery_bodies",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=False),
    Column("body", LargeBinary, nullable=False),
    Column("packed", Boolean, nullable=False, server_default=false()),  # packing.py
)

alerts = Table(
    "alerts",
    metadata,
    Column("service", Words, primary_key=True),
    Column("fingerprint", Words, primary_key=True),
    Column("incident_id", Words, nullable=False),
    Column("firing", Boolean, nullable=False),
    Column("title", Words, nullable=False),
    Column("starts_at", Instant),
    Column("ends_at", Instant),
    Column("last_delivery", BigInteger, nullable=False),
    Column("first_at", Instant, nullable=False),
    Column("last_at", Instant, nullable=False),
    Column("events", BigInteger, nullable=False),
    Column("integration", Words, nullable=False),
    Column("labels", Words, nullable=False),
    Column("link", Words),
    Index("alerts_by_incident", "incident_id", "firing"),
)
# What fires is heard again and again, and each time only ``last_at`` changes of all that an index could hold: so none
# does hold it while the alert fires.
Index("alerts_firing", alerts.c.service, sqlite_where=text("firing"), postgresql_where=text("firing"))
Index("alerts_over", alerts.c.last_at, sqlite_where=text("NOT firing"), postgresql_where=text("NOT firing"))

texts = Table(
    "texts",
    metadata,
    Column("kind", Words, primary_key=True),
    Column("id", Words, primary_key=True),
    Column("body", LargeBinary, nullable=False),
)

current_texts = Table(
    "current_texts",
    metadata,
    Column("service", Words, primary_key=True),
    Column("playbook", Words, nullable=False),
    Column("plan", Words, nullable=False),
    Column("at", Instant, nullable=False),
    Column("instead_of", Words),
    Column("since", Instant),
)

users = Table(
    "users",
    metadata,
    Column("handle", Words, primary_key=True),
    Column("name", Words, nullable=False),
    Column("role", Words, nullable=False),
    Column("password_hash", Words, nullable=False),
    Column("disabled", Boolean, nullable=False),
    Column("created_at", Instant),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", Words, primary_key=True),
    Column("handle", Words, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("csrf", Words, nullable=False),
    Index("sessions_by_handle", "handle"),
)

tokens = Table(
    "tokens",
    metadata,
    Column("id", Words, primary_key=True),
    Column("secret_hash", Words, nullable=False),
    Column("name", Words, nullable=False),
    Column("owner", Words, nullable=False),
    Column("scopes", Words, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant),
    Column("last_used_at", Instant),
    Column("revoked", Boolean, nullable=False),
    Column("personal", Boolean, nullable=False, server_default=text("false")),
)

audit = Table(
    "audit",
    metadata,
    Column("seq", Serial, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("who", Words, nullable=False),
    Column("via", Words, nullable=False),
    Column("verb", Words, nullable=False),
    Column("object", Words, nullable=False),
    Column("detail", Words, nullable=False),
    Column("allowed", Boolean, nullable=False),
    sqlite_autoincrement=True,
)

enabled_steps = Table(
    "enabled_steps",
    metadata,
    Column("service", Words, primary_key=True),
    Column("step", Words, primary_key=True),
    Column("command_hash", Words, nullable=False),
    Column("enabled_by", Words, nullable=False),
    Column("enabled_at", Instant, nullable=False),
)

overrides = Table(
    "overrides",
    metadata,
    Column("place", Serial, primary_key=True),
    Column("id", Words, nullable=False),
    Column("schedule", Words, nullable=False),
    Column("people", Words, nullable=False),
    Column("since", Instant, nullable=False),
    Column("until", Instant, nullable=False),
    Column("reason", Words, nullable=False),
    Column("made_by", Words, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("ended_by", Words, nullable=False),
    UniqueConstraint("id", name="overrides_id"),
    Index("overrides_by_end", "until"),
    sqlite_autoincrement=True,
)

runners = Table(
    "runners",
    metadata,
    Column("name", Words, primary_key=True),
    Column("labels", Words, nullable=False),
    Column("invitation", Words, nullable=False),
    Column("invited_until", Instant, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("made_by", Words, nullable=False),
    Column("key", Words, nullable=False),
    Column("enrolled_at", Instant),
    Column("seen_at", Instant),
    Column("version", Words, nullable=False),
    Column("effects", Words, nullable=False),
    Column("programs", Words, nullable=False),
    Column("removed_at", Instant),
)

attempts = Table(
    "attempts",
    metadata,
    Column("place", Serial, primary_key=True),
    Column("id", Words, nullable=False),
    Column("run", Words, nullable=False),
    Column("label", Words, nullable=False),
    Column("job", Words, nullable=False),
    Column("effect", Words, nullable=False),
    Column("offered_at", Instant, nullable=False),
    Column("until", Instant, nullable=False),
    Column("incident_id", Words, nullable=False),
    Column("effect_key", Words, nullable=False),
    Column("effect_token", BigInteger, nullable=False),
    Column("state", Words, nullable=False),
    Column("runner", Words, nullable=False),
    Column("heard", BigInteger, nullable=False),
    Column("parts", BigInteger, nullable=False),
    Column("output", Words, nullable=False),
    Column("result", Words, nullable=False),
    Column("change", BigInteger, nullable=False),
    UniqueConstraint("id", name="attempts_id"),
    Index("attempts_by_state", "state", "place"),
    sqlite_autoincrement=True,
)

runner_words = Table(
    "runner_words",
    metadata,
    Column("runner", Words, primary_key=True),
    Column("word", Words, primary_key=True),
    Column("until", Instant, nullable=False),
    Index("runner_words_by_until", "until"),
)

documents = Table(
    "documents",
    metadata,
    Column("incident_id", Words, primary_key=True),
    Column("kind", Words, primary_key=True),
    Column("version", BigInteger, primary_key=True),
    Column("body", Words, nullable=False),
    Column("author", Words, nullable=False),
    Column("at", Instant, nullable=False),
)

phone_messages = Table(
    "phone_messages",
    metadata,
    Column("id", Words, primary_key=True),
    Column("person", Words, nullable=False),
    Column("incident_id", Words, nullable=False),
    Column("text", Words, nullable=False),
    Column("link", Words, nullable=False),
    Column("at", Instant, nullable=False),
    Column("seen_at", Instant),
    Column("stopped", Boolean, nullable=False),
    Index("phone_messages_by_person", "person", "at"),
    Index("phone_messages_by_time", "at"),
    Index("phone_messages_by_incident", "incident_id"),
)

push_devices = Table(
    "push_devices",
    metadata,
    Column("id", Words, primary_key=True),
    Column("person", Words, nullable=False),
    Column("name", Words, nullable=False),
    Column("endpoint", Words, nullable=False),
    Column("key", Words, nullable=False),
    Column("auth", Words, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("taken_at", Instant),
    Column("shown_at", Instant),
    Column("failed_at", Instant),
    Column("error", Words, nullable=False),
    Index("push_devices_by_person", "person", "made_at"),
)

way_tests = Table(
    "way_tests",
    metadata,
    Column("id", Words, primary_key=True),
    Column("person", Words, nullable=False),
    Column("way", Words, nullable=False),
    Column("round_at", Instant, nullable=False),
    Column("next_at", Instant, nullable=False),
    Column("state", Words, nullable=False),
    Column("attempts", BigInteger, nullable=False),
    Column("sent_at", Instant),
    Column("received_at", Instant),
    Column("confirmed_at", Instant),
    Column("error", Words, nullable=False),
    Column("text", Words, nullable=False),
    Index("way_tests_by_round", "round_at"),
)

duty_records = Table(
    "duty_records",
    metadata,
    Column("id", Words, primary_key=True),
    Column("service", Words, nullable=False),
    Column("duty", Words, nullable=False),
    Column("title", Words, nullable=False),
    Column("done_at", Instant, nullable=False),
    Column("done_by", Words, nullable=False),
    Column("note", Words, nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Index("duty_records_by_duty", "service", "duty", "done_at"),
)

subscribers = Table(
    "subscribers",
    metadata,
    Column("id", Words, primary_key=True),
    Column("address", Words, nullable=False),
    Column("origin", Words, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("wanted", Words, nullable=False),
    Column("components", Words, nullable=False),
    Column("confirmed_at", Instant),
    Column("mail_at", Instant),
    Column("attempts", BigInteger, nullable=False),
    Column("way", Words, nullable=False, server_default=text("'mail'")),
    Column("url", Words, nullable=False, server_default=text("''")),
    Column("ended_why", Words, nullable=False, server_default=text("''")),
    Column("missed", BigInteger, nullable=False, server_default=text("0")),
    Column("missed_since", Instant),
    Column("ended_at", Instant),
    Column("wanted_language", Words, nullable=False, server_default=text("''")),
    Column("language", Words, nullable=False, server_default=text("''")),
    Index("subscribers_by_place", "address", "url", unique=True),
    Index(
        "subscribers_by_url",
        "url",
        unique=True,
        sqlite_where=text("url <> '' AND confirmed_at IS NOT NULL"),
        postgresql_where=text("url <> '' AND confirmed_at IS NOT NULL"),
    ),
    Index("subscribers_by_mail", "mail_at"),
)

silences = Table(
    "silences",
    metadata,
    Column("id", Words, primary_key=True),
    Column("integration", Words, nullable=False),
    Column("matchers", Words, nullable=False),
    Column("starts_at", Instant, nullable=False),
    Column("ends_at", Instant, nullable=False),
    Column("created_by", Words, nullable=False),
    Column("comment", Words, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("service", Words, nullable=False, server_default=text("''")),
    Index("silences_by_end", "ends_at"),
)

silenced_alerts = Table(
    "silenced_alerts",
    metadata,
    Column("integration", Words, primary_key=True),
    Column("fingerprint", Words, primary_key=True),
    Column("delivery_id", BigInteger, nullable=False),
    Column("silence", Words, nullable=False),
)

quieted_alerts = Table(
    "quieted_alerts",
    metadata,
    Column("silence", Words, primary_key=True),
    Column("integration", Words, primary_key=True),
    Column("fingerprint", Words, primary_key=True),
    Column("service", Words, nullable=False),
    Column("title", Words, nullable=False),
    Column("first_at", Instant, nullable=False),
    Column("last_at", Instant, nullable=False),
    Column("times", BigInteger, nullable=False),
)

present_alerts = Table(
    "present_alerts",
    metadata,
    Column("integration", Words, primary_key=True),
    Column("fingerprint", Words, primary_key=True),
    Column("believed_until", Instant, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("present_alerts_by_end", "believed_until"),
)

keep = Table(
    "keep",
    metadata,
    Column("name", Words, primary_key=True),
    Column("value", Words, nullable=False),
)

APPEND_ONLY = ("facts", "audit")
"""The tables whose triggers refuse every change of what was written (R13)."""
