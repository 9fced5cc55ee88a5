"""Letters and signatures on the command line."""
