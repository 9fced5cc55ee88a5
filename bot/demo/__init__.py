"""A simulated year of the sample town: its posts, their stories, a local channel, and the papers of the year."""
