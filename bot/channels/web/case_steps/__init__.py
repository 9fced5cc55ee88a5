"""The course of one case on its page: its stages, the acts that make sense now, what each moves, and its letters."""
