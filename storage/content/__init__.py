"""Content that is kept outside the log: files, signature proofs and erasable applicant data."""
