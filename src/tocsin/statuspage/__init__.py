"""TELL: components, public incidents, and how they look. Pure."""
