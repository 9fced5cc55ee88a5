"""Whether a report adds up: figures against the form, prose against the figures, text against the wording."""
