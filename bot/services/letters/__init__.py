"""Writes the letters of a case, for the command and the page alike."""
