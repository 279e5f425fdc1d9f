"""Who comes in and what they may: accounts, passwords, tokens, signed links."""
