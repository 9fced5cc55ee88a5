"""The set-up of a new office in the browser, before there is an office to serve."""
