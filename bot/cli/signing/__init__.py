"""Commands about texts and signatures."""
