"""HEAR: what monitors send becomes Alerts; symptoms are matched. Pure."""
