"""When somebody is called: waits, points of time, and the cases in which somebody is called at once."""
