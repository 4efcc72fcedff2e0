"""Who may see the page: passwords, sessions and response headers."""
