"""The coverage of the catalogue as a picture and as a workbook."""
