"""Values and rules of Clearline: no I/O, clock, loop, randomness, logging or Qt."""
