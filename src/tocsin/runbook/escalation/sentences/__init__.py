"""Sentences that call somebody: ``calling`` finds whom, ``clauses`` parts them, ``prose`` makes levels of them.

Beside these, what a sentence says else: who has how long (``given_times``), who hears the alarm (``hearing``), who
takes over (``taking_over``), what is still to be decided (``judged``), which severity it is for (``scopes``), which
stage it counts (``stages``). Names beside each other are told at once (``told``), one after the other (``turns``), or
each at a time of their own (``own_times``).
"""
