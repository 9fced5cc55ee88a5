"""Options, output, context and usage errors that all commands share."""
