"""A package of platforms, as ``bot.channels`` is one: its only folder shows what a new platform costs."""
