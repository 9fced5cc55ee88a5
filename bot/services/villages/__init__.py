"""What commands, pages and chats do with villages: their months, items, and the board of a month."""
