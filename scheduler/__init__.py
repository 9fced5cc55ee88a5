"""What is due, from whom, by when, and what may happen next."""
