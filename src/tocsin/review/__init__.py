"""LEARN: post-mortems, action items, figures. Pure."""
