"""Reads any agency's annual report (docx, xlsx, html, txt, json) into a Report."""
