"""Subscribers of the status page.

Revision ID: 0009
Revises: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
NUMBER = sa.BigInteger()


def upgrade() -> None:
    """Create the table: nothing that an older node knows is touched."""
    op.create_table(
        "subscribers",
        sa.Column("id", WORDS, nullable=False),
        sa.Column("address", WORDS, nullable=False),
        sa.Column("origin", WORDS, nullable=False),
        sa.Column("asked_at", NUMBER, nullable=False),
        sa.Column("wanted", WORDS, nullable=False),
        sa.Column("components", WORDS, nullable=False),
        sa.Column("confirmed_at", NUMBER, nullable=True),
        sa.Column("mail_at", NUMBER, nullable=True),
        sa.Column("attempts", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("subscribers_by_address", "subscribers", ["address"], unique=True)
    op.create_index("subscribers_by_mail", "subscribers", ["mail_at"])
