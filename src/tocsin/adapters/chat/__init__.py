"""Slack and Mattermost: channels, cards, buttons, and pages by direct message."""
