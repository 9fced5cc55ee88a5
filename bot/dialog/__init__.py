"""Dialog: incoming updates, replies, open forms, and who may say what."""
