"""Import of an existing register: rows of a file turned into records, each fault with its place."""
