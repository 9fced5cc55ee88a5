"""Answers about what is recorded: what is shown before it counts, and what is said once it does."""
