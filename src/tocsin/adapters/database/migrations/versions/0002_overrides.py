"""Overrides of the schedules as rows, so that people can make them without editing a file.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NUMBER = sa.BigInteger()


def upgrade() -> None:
    """Create the table: nothing that an older node knows is touched."""
    op.create_table(
        "overrides",
        sa.Column("place", SERIAL, nullable=False),
        sa.Column("id", WORDS, nullable=False),
        sa.Column("schedule", WORDS, nullable=False),
        sa.Column("people", WORDS, nullable=False),
        sa.Column("since", NUMBER, nullable=False),
        sa.Column("until", NUMBER, nullable=False),
        sa.Column("reason", WORDS, nullable=False),
        sa.Column("made_by", WORDS, nullable=False),
        sa.Column("made_at", NUMBER, nullable=False),
        sa.Column("ended_at", NUMBER, nullable=True),
        sa.Column("ended_by", WORDS, nullable=False),
        sa.PrimaryKeyConstraint("place"),
        sa.UniqueConstraint("id", name="overrides_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("overrides_by_end", "overrides", ["until"])
