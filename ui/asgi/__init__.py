"""ASGI middleware and the server that every surface over HTTP shares."""
