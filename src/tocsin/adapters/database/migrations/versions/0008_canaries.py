"""Canaries may be forgotten: an alert of our own each few minutes is no part of the record.

Revision ID: 0008
Revises: 0007
"""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

MESSAGE = "facts are append-only"


def upgrade() -> None:
    """Let facts of canaries be removed, and never be changed; all others are guarded as before, under the same name."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER facts_refuse_delete")
        op.execute(
            "CREATE TRIGGER facts_refuse_delete BEFORE DELETE ON facts WHEN substr(OLD.incident_id, 1, 7) <> 'CANARY-' "
            f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
        )
        return
    op.execute(
        "CREATE OR REPLACE FUNCTION facts_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF TG_OP = 'DELETE' THEN IF starts_with(OLD.incident_id, 'CANARY-') THEN RETURN OLD; END IF; END IF; "
        f"RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'restrict_violation'; END $$"
    )
