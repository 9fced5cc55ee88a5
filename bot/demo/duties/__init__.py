"""Stories of the further duties of the demo: catalogue, boards, messages, notices, documents, assessment."""
