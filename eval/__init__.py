"""Questions become figures."""
