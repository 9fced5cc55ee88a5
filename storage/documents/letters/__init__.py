"""Letters: the catalogue, default templates, and the writer that fills them in."""
