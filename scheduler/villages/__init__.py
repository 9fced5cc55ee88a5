"""Village months: how they stand, their scores, bulletins and the yearly assessment."""
