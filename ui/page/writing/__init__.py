"""Paragraphs that a language model writes under answers: agreement, progress, and what is kept."""
