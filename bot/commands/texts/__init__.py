"""Commands about a text beside the stages that sign it."""
