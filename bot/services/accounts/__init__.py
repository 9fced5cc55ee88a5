"""The accounts of people: who is let in, by whom, by which way, and who hears of it."""
