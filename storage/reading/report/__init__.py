"""Reading any agency’s annual report back from a document."""
