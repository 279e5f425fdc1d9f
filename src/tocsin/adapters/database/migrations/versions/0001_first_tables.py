"""The first tables.

Revision ID: 0001
Revises:
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NUMBER = sa.BigInteger()
FLAG = sa.Boolean()
BYTES = sa.LargeBinary()


def upgrade() -> None:
    """Create everything."""
    _incidents()
    _outbox()
    _intake()
    _texts()
    _people()
    for table in ("facts", "audit"):
        _append_only(table)


def _some(name: str, kind: sa.types.TypeEngine[Any], default: str | None = None) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False, server_default=None if default is None else sa.text(default))


def _any(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=True)


def _index(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def _append_only(table: str) -> None:
    message = f"{table} are append-only"
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_refuse_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
            )
        return
    op.execute(
        f"CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{message}' USING ERRCODE = 'restrict_violation'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_refuse_change BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_refuse()"
    )
    op.execute(f"CREATE TRIGGER {table}_refuse_truncate BEFORE TRUNCATE ON {table} EXECUTE FUNCTION {table}_refuse()")


def _incidents() -> None:
    op.create_table(
        "facts",
        _some("incident_id", WORDS),
        _some("seq", NUMBER),
        _some("at", NUMBER),
        _some("actor", WORDS),
        _some("type", WORDS),
        _some("body", WORDS),
        sa.PrimaryKeyConstraint("incident_id", "seq"),
    )
    op.create_index("facts_by_type", "facts", ["type", "at"])
    op.create_table(
        "incident_numbers", _some("number", SERIAL), sa.PrimaryKeyConstraint("number"), sqlite_autoincrement=True
    )
    op.create_table(
        "incidents",
        _some("incident_id", WORDS),
        _some("number", NUMBER),
        _some("service", WORDS),
        _some("title", WORDS),
        _some("state", WORDS),
        _any("severity", WORDS),
        _some("rank", NUMBER),
        _some("paging", FLAG),
        _some("declared_at", NUMBER),
        _some("updated_at", NUMBER),
        _some("last_seq", NUMBER),
        _some("plan", WORDS),
        _some("group_key", WORDS),
        _any("acknowledged_by", WORDS),
        _any("commander", WORDS),
        _any("next_due_at", NUMBER),
        _some("next_due", WORDS),
        _any("procedure", WORDS),
        _some("drill", FLAG),
        _any("resolved_at", NUMBER),
        _some("words", WORDS),
        sa.PrimaryKeyConstraint("incident_id"),
        sa.UniqueConstraint("number", name="incidents_number"),
    )
    _index("incidents_due", "incidents", ["next_due_at", "number"], "next_due_at IS NOT NULL")
    _index("incidents_open", "incidents", ["number"], "state <> 'resolved'")
    _index("incidents_open_group", "incidents", ["group_key"], "state <> 'resolved' AND group_key <> ''")


def _outbox() -> None:
    op.create_table(
        "outbox",
        _some("id", SERIAL),
        _some("key", WORDS),
        _some("incident_id", WORDS),
        _some("kind", WORDS),
        _some("ref", WORDS),
        _some("outlet", WORDS),
        _some("state", WORDS),
        _some("due_at", NUMBER),
        _any("claimable_at", NUMBER),
        _some("attempts", NUMBER, "0"),
        _some("token", NUMBER, "0"),
        _some("claimed_by", WORDS, "''"),
        _any("claimed_until", NUMBER),
        _some("last_error", WORDS, "''"),
        _some("created_at", NUMBER),
        _any("finished_at", NUMBER),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key", name="outbox_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("outbox_by_incident", "outbox", ["incident_id"])
    _index("outbox_claimable", "outbox", ["kind", "claimable_at", "id"], "claimable_at IS NOT NULL")
    _index("outbox_claimed", "outbox", ["claimed_by"], "state = 'claimed'")
    _index("outbox_running_steps", "outbox", ["id"], "kind = 'step' AND state = 'claimed'")


def _intake() -> None:
    op.create_table(
        "deliveries",
        _some("id", SERIAL),
        _some("integration", WORDS),
        _some("key", WORDS),
        _some("received_at", NUMBER),
        _some("content_type", WORDS),
        _some("state", WORDS, "'new'"),
        _some("trouble", WORDS),
        _some("copies", NUMBER),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("integration", "key", name="deliveries_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("deliveries_by_integration", "deliveries", ["integration", "id"])
    _index("deliveries_new", "deliveries", ["id"], "state = 'new'")
    op.create_table(
        "delivery_bodies",
        sa.Column("id", SERIAL, autoincrement=False, nullable=False),
        _some("body", BYTES),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "alerts",
        _some("service", WORDS),
        _some("fingerprint", WORDS),
        _some("incident_id", WORDS),
        _some("firing", FLAG),
        _some("title", WORDS),
        _any("starts_at", NUMBER),
        _any("ends_at", NUMBER),
        _some("last_delivery", NUMBER),
        _some("first_at", NUMBER),
        _some("last_at", NUMBER),
        _some("events", NUMBER),
        _some("integration", WORDS),
        _some("labels", WORDS),
        _any("link", WORDS),
        sa.PrimaryKeyConstraint("service", "fingerprint"),
    )
    op.create_index("alerts_by_incident", "alerts", ["incident_id", "firing"])
    op.create_index("alerts_by_time", "alerts", ["last_at"])


def _texts() -> None:
    op.create_table(
        "texts", _some("kind", WORDS), _some("id", WORDS), _some("body", BYTES), sa.PrimaryKeyConstraint("kind", "id")
    )
    op.create_table(
        "current_texts",
        _some("service", WORDS),
        _some("playbook", WORDS),
        _some("plan", WORDS),
        _some("at", NUMBER),
        sa.PrimaryKeyConstraint("service"),
    )
    op.create_table(
        "documents",
        _some("incident_id", WORDS),
        _some("kind", WORDS),
        _some("version", NUMBER),
        _some("body", WORDS),
        _some("author", WORDS),
        _some("at", NUMBER),
        sa.PrimaryKeyConstraint("incident_id", "kind", "version"),
    )
    op.create_table("keep", _some("name", WORDS), _some("value", WORDS), sa.PrimaryKeyConstraint("name"))


def _people() -> None:
    op.create_table(
        "users",
        _some("handle", WORDS),
        _some("name", WORDS),
        _some("role", WORDS),
        _some("password_hash", WORDS),
        _some("disabled", FLAG),
        _any("created_at", NUMBER),
        sa.PrimaryKeyConstraint("handle"),
    )
    op.create_table(
        "sessions",
        _some("token_hash", WORDS),
        _some("handle", WORDS),
        _some("created_at", NUMBER),
        _some("expires_at", NUMBER),
        _some("csrf", WORDS),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    op.create_index("sessions_by_handle", "sessions", ["handle"])
    op.create_table(
        "tokens",
        _some("id", WORDS),
        _some("secret_hash", WORDS),
        _some("name", WORDS),
        _some("owner", WORDS),
        _some("scopes", WORDS),
        _some("created_at", NUMBER),
        _any("expires_at", NUMBER),
        _any("last_used_at", NUMBER),
        _some("revoked", FLAG),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "audit",
        _some("seq", SERIAL),
        _some("at", NUMBER),
        _some("who", WORDS),
        _some("via", WORDS),
        _some("verb", WORDS),
        _some("object", WORDS),
        _some("detail", WORDS),
        _some("allowed", FLAG),
        sa.PrimaryKeyConstraint("seq"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "enabled_steps",
        _some("service", WORDS),
        _some("step", WORDS),
        _some("command_hash", WORDS),
        _some("enabled_by", WORDS),
        _some("enabled_at", NUMBER),
        sa.PrimaryKeyConstraint("service", "step"),
    )
    op.create_table(
        "phone_messages",
        _some("id", WORDS),
        _some("person", WORDS),
        _some("incident_id", WORDS),
        _some("text", WORDS),
        _some("link", WORDS),
        _some("at", NUMBER),
        _any("seen_at", NUMBER),
        _some("stopped", FLAG),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("phone_messages_by_incident", "phone_messages", ["incident_id"])
    op.create_index("phone_messages_by_person", "phone_messages", ["person", "at"])
    op.create_index("phone_messages_by_time", "phone_messages", ["at"])
