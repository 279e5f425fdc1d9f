"""LEARN: post-mortems, action items, duties. Pure."""
