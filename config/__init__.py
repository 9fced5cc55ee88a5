"""What is fixed before anyone acts: the duties, the calendar, the form, the office."""
