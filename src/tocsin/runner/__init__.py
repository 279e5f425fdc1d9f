"""A process near the systems that asks a server for approved runs and carries them out; outbound connections only."""
