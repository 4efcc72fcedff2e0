"""Other systems, measured on the same questions."""
