"""What a browser or another program sees of the bot: HTTP API, reading page, chat page."""
