"""What the commands of `tongzhu` do; each returns the exit status."""
