"""Encoders: models that turn passages and queries into vectors."""
