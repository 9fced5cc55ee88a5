"""Commands that run, inspect and maintain an office."""
