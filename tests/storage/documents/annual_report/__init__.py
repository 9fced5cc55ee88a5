"""The report written in every format and read back."""
