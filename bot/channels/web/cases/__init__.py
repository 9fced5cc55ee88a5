"""Pages about cases: lists, one case, its forms and corrections."""
