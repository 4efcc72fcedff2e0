"""A library on disk: documents, vectors and terms, generation by generation."""
