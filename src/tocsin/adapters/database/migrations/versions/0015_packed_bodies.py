"""A long body of a delivery may be kept packed.

Revision ID: 0015
Revises: 0014
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What an older node writes is as it came. None is packed on PostgreSQL, where one may read beside this one."""
    op.add_column("delivery_bodies", sa.Column("packed", sa.Boolean, nullable=False, server_default=sa.false()))
