"""The revisions. Each is complete in itself and never edited after a release."""
