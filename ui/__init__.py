"""The user interfaces: the command line, the page, HTTP and MCP."""
