"""The engine Qdrant: passages of a library in a collection of a server, or of a local folder."""
