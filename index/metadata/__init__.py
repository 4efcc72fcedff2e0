"""The metadata of publications that a citation manager has."""
