"""Reading what the prose of a report counts, and holding it against the tables."""
