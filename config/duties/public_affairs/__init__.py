"""Kinds of what a township also owes: its catalogue, notices, boards, messages, documents and assessment."""
