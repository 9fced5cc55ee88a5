"""What frames every page: its rooms and place, the help beside its fields, its type and colours, its icon."""
