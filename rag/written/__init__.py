"""Answers written by a language model, each sentence checked against the sentences it cites."""
