"""The service behind every surface, with its limits, requests and errors."""
