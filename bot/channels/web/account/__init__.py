"""Signing in, people, delegations and the chat of the web page."""
