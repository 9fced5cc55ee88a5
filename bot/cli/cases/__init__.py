"""Commands about cases: dates, fees, letters, applicants and imported registers."""
