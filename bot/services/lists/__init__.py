"""The lists that people work in and the registers that an inspector asks for: their columns, filters and rows."""
