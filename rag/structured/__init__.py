"""Questions that no single sentence answers, answered from the structure of the library."""
