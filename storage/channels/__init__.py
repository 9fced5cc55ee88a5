"""What is kept of chat channels besides their messages: their connections, and the words by which people join."""
