"""A change of a library: what it has to do, and the files of the next generation."""
