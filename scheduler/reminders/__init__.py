"""Reminders: the escalation steps of a case, who receives them and when."""
