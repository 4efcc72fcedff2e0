"""Training of the reader: it reads a question with the best sentences of a passage, or a claim."""
