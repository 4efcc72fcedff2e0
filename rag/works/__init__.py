"""Works: what the notes of a library cite, joined where references mean the same work."""
