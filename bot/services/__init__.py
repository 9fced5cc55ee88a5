"""Services of an opened office that command, page and chat share."""
