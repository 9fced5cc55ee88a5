"""One page request: its user, session, security checks and forms."""
