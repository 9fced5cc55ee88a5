"""The local page, part by part: what it shows, and the forms it takes."""
