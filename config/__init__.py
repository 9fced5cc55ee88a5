"""Settings and declarations: the kinds of duty, the working calendar, the forms, and the office's own file."""
