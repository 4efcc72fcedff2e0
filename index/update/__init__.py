"""Updates of a library: what is to be done, and the files of the next generation."""
