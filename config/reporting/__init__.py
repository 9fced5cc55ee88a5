"""What the annual report and the assessment consist of: form, registers, activities and scoring schemes."""
