"""Pages to read: the library, its publications, articles and works, each at its own address."""
