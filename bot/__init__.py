"""The ways in which people use the program: commands, chat, the local web page, and a demo year."""
