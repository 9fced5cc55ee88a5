"""Long connections: what every platform that is reached by a connection we open ourselves has in common."""
