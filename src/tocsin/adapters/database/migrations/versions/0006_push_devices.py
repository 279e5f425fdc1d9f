"""The browsers that take notifications.

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
NUMBER = sa.BigInteger()


def upgrade() -> None:
    """Create the table: nothing that an older node knows is touched."""
    op.create_table(
        "push_devices",
        sa.Column("id", WORDS, nullable=False),
        sa.Column("person", WORDS, nullable=False),
        sa.Column("name", WORDS, nullable=False),
        sa.Column("endpoint", WORDS, nullable=False),
        sa.Column("key", WORDS, nullable=False),
        sa.Column("auth", WORDS, nullable=False),
        sa.Column("made_at", NUMBER, nullable=False),
        sa.Column("taken_at", NUMBER, nullable=True),
        sa.Column("shown_at", NUMBER, nullable=True),
        sa.Column("failed_at", NUMBER, nullable=True),
        sa.Column("error", WORDS, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("push_devices_by_person", "push_devices", ["person", "made_at"])
