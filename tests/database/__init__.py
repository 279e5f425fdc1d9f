"""The store as a thing to run: its settings, its migrations, its backups, and what happens when it fails."""
