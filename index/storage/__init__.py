"""What searches passages on this machine: vectors in FAISS, terms in tantivy."""
