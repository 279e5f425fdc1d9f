"""A demo that really breaks and is really repaired: a shop, its monitor, its runbook, and a fake phone."""
