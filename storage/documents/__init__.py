"""The report written as docx, xlsx, html, json and csv."""
