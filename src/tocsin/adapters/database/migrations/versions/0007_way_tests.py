"""Test pages.

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
NUMBER = sa.BigInteger()


def upgrade() -> None:
    """Create the table: nothing that an older node knows is touched."""
    op.create_table(
        "way_tests",
        sa.Column("id", WORDS, nullable=False),
        sa.Column("person", WORDS, nullable=False),
        sa.Column("way", WORDS, nullable=False),
        sa.Column("round_at", NUMBER, nullable=False),
        sa.Column("next_at", NUMBER, nullable=False),
        sa.Column("state", WORDS, nullable=False),
        sa.Column("attempts", NUMBER, nullable=False),
        sa.Column("sent_at", NUMBER, nullable=True),
        sa.Column("received_at", NUMBER, nullable=True),
        sa.Column("confirmed_at", NUMBER, nullable=True),
        sa.Column("error", WORDS, nullable=False),
        sa.Column("text", WORDS, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("way_tests_by_round", "way_tests", ["round_at"])
