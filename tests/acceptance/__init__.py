"""The real process over HTTP, the command line and a real browser; killed, starved and flooded."""
