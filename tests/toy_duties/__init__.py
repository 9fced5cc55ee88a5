"""A kind of duty that no office has, to see that one file is enough."""
