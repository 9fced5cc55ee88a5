"""The queries behind the lists of the page, paged by key, and the views that people saved of them."""
