"""DECIDE: one incident's life as facts, and what time will bring. Pure."""
