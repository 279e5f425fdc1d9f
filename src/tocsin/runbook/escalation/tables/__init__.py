"""Tables that say whom to call: ``reading`` asks each form in turn whether a table is its own.

By what a row is: a severity (``severity_rows``, ``one_column``), a level (``reading``, ``level_waits``, ``tiers``), a
situation (``situations``), a thing that is wrong (``matters``, ``rank_marks``), a point of time (``timetables``,
``grids``), a person (``people_grids``).
"""
