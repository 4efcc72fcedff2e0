"""The library for agents: tools and resources of the Model Context Protocol."""
