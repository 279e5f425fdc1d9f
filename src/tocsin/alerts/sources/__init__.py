"""What each monitor, chat, mailbox and script sends, read into alerts and changes: one module a vendor."""
