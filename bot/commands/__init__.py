"""Commands: what each verb of the chat does."""
