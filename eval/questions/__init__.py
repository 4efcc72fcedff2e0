"""Question sets: their format, the gold they name and where they come from."""
