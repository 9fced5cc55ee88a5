"""A platform that no office has: no editing, no buttons, no files, 2,000 characters."""
