"""References: what notes cite, read into their fields."""
