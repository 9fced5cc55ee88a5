"""Pages about texts: drafting, reading, deciding and downloading."""
