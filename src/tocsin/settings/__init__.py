"""The configuration: one reviewable ``tocsin.toml``, the environment and flags; every setting declared once."""
