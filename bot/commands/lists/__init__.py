"""Lists that answer a question: what is due, whom to ask, and what waits for a signature."""
