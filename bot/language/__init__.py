"""Language: the phrases people read, and how cases, dates and lists are put into words."""
