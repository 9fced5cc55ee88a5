"""Publishing: texts on their way to the website, from submission to the check of the live page."""
