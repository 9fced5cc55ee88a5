"""What has happened, and everything that can be read off it."""
