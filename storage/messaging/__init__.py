"""Messaging: inbox, outbox, rate limits, accounts, callback tokens and dialog state."""
