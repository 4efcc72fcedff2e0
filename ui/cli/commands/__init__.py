"""The commands of `tongzhu`; each returns the exit status."""
