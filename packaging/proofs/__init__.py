"""What is proved of a build, one file each. Standard library, and tools of the system that each names."""
