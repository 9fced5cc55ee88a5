"""Registers in files: what clerks write, and what the program makes of it."""
