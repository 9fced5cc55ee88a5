"""The settings of the office: every table of its document, changed on the page and shown before it holds."""
