"""Our sockets: the narrow seam to the network, and the reading of its evidence."""
