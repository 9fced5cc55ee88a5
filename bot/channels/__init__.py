"""How people reach the office: one file for each channel."""
