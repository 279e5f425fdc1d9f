"""The words of runners' requests that were used, so that none counts a second time on any node.

Revision ID: 0012
Revises: 0011
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """A table that an older node does not look at: it remembers the words that it heard itself, as before."""
    op.create_table(
        "runner_words",
        sa.Column("runner", WORDS, primary_key=True),
        sa.Column("word", WORDS, primary_key=True),
        sa.Column("until", sa.BigInteger(), nullable=False),
    )
    op.create_index("runner_words_by_until", "runner_words", ["until"])
