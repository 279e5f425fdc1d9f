"""Lists and headings that say whom to call: ``reading`` takes those of a chapter, ``elsewhere`` those of any other.

A list is ``prepared_lists``, then read as what it is: levels (``path_items``), times (``timelines``), ways with arrows
(``arrow_lists``), pairs (``handovers``), ranks (``primary``), what comes below a wait (``under_one_wait``). Headings
that count levels are ``level_headings``.
"""
