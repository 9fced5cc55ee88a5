"""A year of the sample town: simulated posts, their stories, a local channel, and the papers of the year."""
