"""The models that encode: the bundled one and its two engines, and any other."""
