"""Answers as text, Markdown, labels and bibliographies."""
