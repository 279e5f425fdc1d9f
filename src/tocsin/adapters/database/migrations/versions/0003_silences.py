"""Silences, what they keep quiet, and what senders say is there now.

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
NUMBER = sa.BigInteger()


def upgrade() -> None:
    """Create the three tables."""
    op.create_table(
        "silences",
        sa.Column("id", WORDS, nullable=False),
        sa.Column("integration", WORDS, nullable=False),
        sa.Column("matchers", WORDS, nullable=False),
        sa.Column("starts_at", NUMBER, nullable=False),
        sa.Column("ends_at", NUMBER, nullable=False),
        sa.Column("created_by", WORDS, nullable=False),
        sa.Column("comment", WORDS, nullable=False),
        sa.Column("updated_at", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("silences_by_end", "silences", ["ends_at"])
    op.create_table(
        "silenced_alerts",
        sa.Column("integration", WORDS, nullable=False),
        sa.Column("fingerprint", WORDS, nullable=False),
        sa.Column("delivery_id", NUMBER, nullable=False),
        sa.Column("silence", WORDS, nullable=False),
        sa.PrimaryKeyConstraint("integration", "fingerprint"),
    )
    op.create_table(
        "present_alerts",
        sa.Column("integration", WORDS, nullable=False),
        sa.Column("fingerprint", WORDS, nullable=False),
        sa.Column("believed_until", NUMBER, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("integration", "fingerprint"),
    )
    op.create_index("present_alerts_by_end", "present_alerts", ["believed_until"])
