"""What alembic runs for each command: on the connection, and within the transaction, of the caller."""

from __future__ import annotations

from alembic import context

from tocsin.adapters.database.schema import metadata

# Transactional on SQLite too, because the caller has begun the transaction itself: a migration that was killed
# leaves nothing behind.
context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, transactional_ddl=True)
context.run_migrations()
