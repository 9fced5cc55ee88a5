"""Writers of the monthly bulletin and the yearly assessment as papers and pictures."""
