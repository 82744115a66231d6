"""The session file: written by one thread, read by anyone, trusted by nobody."""
