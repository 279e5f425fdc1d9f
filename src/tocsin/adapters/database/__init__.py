"""The store in a database: SQLite in one process, PostgreSQL for several machines."""
