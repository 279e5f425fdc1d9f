"""The ways by which people are woken: calls, SMS, notifications, gateways, and other pagers."""
