"""A text before its reviewers: personal data, secrecy marks, and expressions that a person should look at."""
