"""The store in memory: the same contracts without a file, for tests, rehearsals and the simulation."""
