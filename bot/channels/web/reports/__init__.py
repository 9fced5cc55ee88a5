"""Pages about the year: annual report, village months, calendar and delivery status."""
