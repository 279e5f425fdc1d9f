"""When recurring duties were done.

Revision ID: 0016
Revises: 0015
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
NUMBER = sa.BigInteger()


def upgrade() -> None:
    """Create the table: nothing that an older node knows is touched."""
    op.create_table(
        "duty_records",
        sa.Column("id", WORDS, nullable=False),
        sa.Column("service", WORDS, nullable=False),
        sa.Column("duty", WORDS, nullable=False),
        sa.Column("title", WORDS, nullable=False),
        sa.Column("done_at", NUMBER, nullable=False),
        sa.Column("done_by", WORDS, nullable=False),
        sa.Column("note", WORDS, nullable=False),
        sa.Column("recorded_at", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("duty_records_by_duty", "duty_records", ["service", "duty", "done_at"])
