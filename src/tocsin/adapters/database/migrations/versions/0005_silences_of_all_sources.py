"""Silences of a service, and what each silence has kept quiet.

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
NUMBER = sa.BigInteger()


def upgrade() -> None:
    """Add the column, empty for what an older node writes, and create the table."""
    op.add_column("silences", sa.Column("service", WORDS, nullable=False, server_default=sa.text("''")))
    op.create_table(
        "quieted_alerts",
        sa.Column("silence", WORDS, nullable=False),
        sa.Column("integration", WORDS, nullable=False),
        sa.Column("fingerprint", WORDS, nullable=False),
        sa.Column("service", WORDS, nullable=False),
        sa.Column("title", WORDS, nullable=False),
        sa.Column("first_at", NUMBER, nullable=False),
        sa.Column("last_at", NUMBER, nullable=False),
        sa.Column("times", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("silence", "integration", "fingerprint"),
    )
