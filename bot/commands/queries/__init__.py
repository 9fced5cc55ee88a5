"""Questions that are answered and record nothing: the worklist, a case, what is due, whom to ask."""
