"""Declarations: the types and shared keys with which a kind of duty is declared."""
