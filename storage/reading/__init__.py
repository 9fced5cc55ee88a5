"""Reads foreign files; a reader of bytes is decorated ``@isolated("name")``, so that it runs in a child process."""
