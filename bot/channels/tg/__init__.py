"""The pieces of the Telegram channel: its line, what its updates say, how its sends end, its two ears."""
