"""What the store keeps that is no fact: the values, and the ports that keep them."""
