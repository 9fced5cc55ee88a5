"""The catalogue of what an office discloses: taken over, imported from a spreadsheet, and how far it is covered."""
