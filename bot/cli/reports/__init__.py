"""Commands about the annual report, bulletins, activities and village months."""
