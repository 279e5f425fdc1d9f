"""The revision of the schema that this version of Tocsin works with.

It stands here and not only in the migrations so that a start need not load them: a test holds both equal.
"""

from __future__ import annotations

HEAD = "0017"

CURRENT = "SELECT version_num FROM alembic_version"
"""What asks a database for its revision; the table is absent in an empty one."""
