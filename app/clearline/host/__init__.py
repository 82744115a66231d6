"""What the machine gives us: paths, resources, texts, clocks, logs."""
