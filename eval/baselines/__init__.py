"""Other systems that are measured beside this one."""
