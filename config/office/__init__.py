"""An office as its file describes it: people, villages, chains and settings."""
