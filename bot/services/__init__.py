"""Services: one opened office and what command, page and chat ask of it alike."""
