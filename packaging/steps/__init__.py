"""The steps of a build, one file each; `build.py` runs them in order. Standard library only."""
