"""The facts and fees that letters to applicants state."""
