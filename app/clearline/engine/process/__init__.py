"""The engine as a child process: frames, its host loop, and the client that starts it."""
