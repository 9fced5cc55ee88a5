"""The local web page, which is complete on its own."""
