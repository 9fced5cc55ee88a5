"""How people say it and hear it."""
