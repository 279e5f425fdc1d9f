"""Which playbook the present one of a service took over from, where it responds differently, and when.

Revision ID: 0017
Revises: 0016
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
NUMBER = sa.BigInteger()


def upgrade() -> None:
    """Add the columns; an older node that writes the row leaves them as they are."""
    op.add_column("current_texts", sa.Column("instead_of", WORDS))
    op.add_column("current_texts", sa.Column("since", NUMBER))
