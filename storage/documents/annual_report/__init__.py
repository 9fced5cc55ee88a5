"""The annual report in every format that it is written in."""
