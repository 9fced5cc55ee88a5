"""The first page of the office's people (工作台)."""
