"""Programs subscribe to the status page too, and what reaches nobody for long is ended.

Revision ID: 0010
Revises: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
NUMBER = sa.BigInteger()


def upgrade() -> None:
    """Columns that an older node leaves at their defaults; an address may stand for several programs."""
    for name, default in (("way", "'mail'"), ("url", "''"), ("ended_why", "''")):
        op.add_column("subscribers", sa.Column(name, WORDS, nullable=False, server_default=sa.text(default)))
    op.add_column("subscribers", sa.Column("missed", NUMBER, nullable=False, server_default=sa.text("0")))
    for name in ("missed_since", "ended_at"):
        op.add_column("subscribers", sa.Column(name, NUMBER, nullable=True))
    op.create_index("subscribers_by_place", "subscribers", ["address", "url"], unique=True)
    op.drop_index("subscribers_by_address", "subscribers")
    told = sa.text("url <> '' AND confirmed_at IS NOT NULL")  # a program is told for one owner
    op.create_index("subscribers_by_url", "subscribers", ["url"], unique=True, sqlite_where=told, postgresql_where=told)
