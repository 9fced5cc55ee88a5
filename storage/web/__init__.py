"""The web: the only HTTP client, its guards, and the check of published pages."""
