"""The severities of a document: where the scale stands, and what is said about each level."""
