"""Subscribers hear updates in the language of the page on which they subscribed.

Revision ID: 0013
Revises: 0012
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Columns that an older node leaves empty: the page's first language, as before."""
    for name in ("wanted_language", "language"):
        op.add_column("subscribers", sa.Column(name, WORDS, nullable=False, server_default=sa.text("''")))
