"""Answers that many verbs share: to whom, what is shown before it counts, and what is said once it is recorded."""
