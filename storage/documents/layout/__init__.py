"""Layout shared by documents: text, tables, fonts, pages and deterministic archives."""
