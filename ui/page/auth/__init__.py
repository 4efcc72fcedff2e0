"""Access to the page: passwords, sessions and response headers."""
