"""An alert that fires on is heard again without a change to any index.

Revision ID: 0014
Revises: 0013
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two indexes of parts for one of all: an older node asks for the same, and reads more for it."""
    op.drop_index("alerts_by_time", "alerts")
    for name, column, which in (("alerts_firing", "service", "firing"), ("alerts_over", "last_at", "NOT firing")):
        op.create_index(name, "alerts", [column], sqlite_where=sa.text(which), postgresql_where=sa.text(which))
