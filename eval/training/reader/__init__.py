"""Training of the reader, which reads a question together with the best sentences of a passage."""
