"""Stories about the set-up of an office in the browser."""
