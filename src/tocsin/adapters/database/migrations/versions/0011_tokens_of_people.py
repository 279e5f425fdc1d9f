"""A token that is made by signing in stands for a person.

Revision ID: 0011
Revises: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Which tokens were made at a terminal is not known of the old ones: they are taken for programs (fails closed)."""
    op.add_column("tokens", sa.Column("personal", sa.Boolean(), nullable=False, server_default=sa.text("false")))
