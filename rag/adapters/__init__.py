"""The retriever inside other tools: a module for each, which needs the extra of its name."""
