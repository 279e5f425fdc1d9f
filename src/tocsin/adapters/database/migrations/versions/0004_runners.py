"""Runners near the systems, and the runs that are handed to them.

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NUMBER = sa.BigInteger()


def upgrade() -> None:
    """Create the two tables: nothing that an older node knows is touched."""
    op.create_table(
        "runners",
        sa.Column("name", WORDS, nullable=False),
        sa.Column("labels", WORDS, nullable=False),
        sa.Column("invitation", WORDS, nullable=False),
        sa.Column("invited_until", NUMBER, nullable=False),
        sa.Column("made_at", NUMBER, nullable=False),
        sa.Column("made_by", WORDS, nullable=False),
        sa.Column("key", WORDS, nullable=False),
        sa.Column("enrolled_at", NUMBER, nullable=True),
        sa.Column("seen_at", NUMBER, nullable=True),
        sa.Column("version", WORDS, nullable=False),
        sa.Column("effects", WORDS, nullable=False),
        sa.Column("programs", WORDS, nullable=False),
        sa.Column("removed_at", NUMBER, nullable=True),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "attempts",
        sa.Column("place", SERIAL, nullable=False),
        sa.Column("id", WORDS, nullable=False),
        sa.Column("run", WORDS, nullable=False),
        sa.Column("label", WORDS, nullable=False),
        sa.Column("job", WORDS, nullable=False),
        sa.Column("effect", WORDS, nullable=False),
        sa.Column("offered_at", NUMBER, nullable=False),
        sa.Column("until", NUMBER, nullable=False),
        sa.Column("incident_id", WORDS, nullable=False),
        sa.Column("effect_key", WORDS, nullable=False),
        sa.Column("effect_token", NUMBER, nullable=False),
        sa.Column("state", WORDS, nullable=False),
        sa.Column("runner", WORDS, nullable=False),
        sa.Column("heard", NUMBER, nullable=False),
        sa.Column("parts", NUMBER, nullable=False),
        sa.Column("output", WORDS, nullable=False),
        sa.Column("result", WORDS, nullable=False),
        sa.Column("change", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("place"),
        sa.UniqueConstraint("id", name="attempts_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("attempts_by_state", "attempts", ["state", "place"])
