"""Where the API is, for those who need not load it."""

PREFIX = "/api/v1"
