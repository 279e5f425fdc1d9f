"""A seeded world in virtual time: the whole application with everything that can go wrong around it."""
