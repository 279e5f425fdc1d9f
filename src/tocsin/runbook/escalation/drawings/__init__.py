"""Code blocks that draw whom to call: ``reading`` takes the trees, and asks the others first.

Those are a severity on each branch (``severities``), points of time on each line (``lines_of_time``), mermaid
(``flow_charts``), YAML (``policies``).
"""
