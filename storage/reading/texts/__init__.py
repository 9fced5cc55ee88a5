"""Reading manuscripts, attachments and word lists."""
