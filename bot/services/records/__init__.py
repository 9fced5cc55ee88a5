"""Acts on the records as a whole, for command and page alike: sealing a year, days off, registers from files."""
