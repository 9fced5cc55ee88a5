"""The language in which a kind of duty is declared."""
