"""Acts on the records as a whole on the page: sealing a year, days off, registers from files, the audit."""
