"""Registers an office already keeps, read from its files into checked rows; nothing here writes."""
