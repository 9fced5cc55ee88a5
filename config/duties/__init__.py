"""One file for each kind of duty; found by listing this folder and its rooms."""
