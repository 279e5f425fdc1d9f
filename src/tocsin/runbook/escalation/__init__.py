"""Who is called when nobody acts, in all the forms in which documents say it.

``reading`` goes through a document, form after form, and hands back what ``chains`` holds: the chain of each severity,
and the reasons to call somebody that are no step of one. What it reads with stands in rooms, each of which knows only
those above it:

- ``people``: who is called. Names, several of them in one text, and what is nobody of ours.
- ``times``: when. Waits, points of time, the cases in which a time does not hold.
- ``sentences``: whom a sentence calls, and a clause that leaves the verb out; several beside each other, or in turn.
- ``tables``: rows of severities, levels, situations, points of time; grids of people.
- ``lists``: levels, timelines, ways with arrows, headings that count; chains behind a label in another chapter.
- ``drawings``: code blocks. Trees, lines of time, flow charts, policies in YAML.

What all rooms share stands beside them: ``ranks`` ("Level 2"), ``arrows`` ("lead → owner"), ``titles`` (what a heading
or a label says), ``severities`` (whom something is for), ``reasons``. And what is done with the chains once they are
read: ``one_wait`` (a wait for all levels), ``exceptions``, ``deadlines``, ``unpaged``, ``repeats``.
"""
