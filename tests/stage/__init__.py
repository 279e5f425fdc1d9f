"""Real programs and small counterparts for tests: each starts on loopback, is awaited with a bound, and ends."""
