"""What the window shows, as Qt objects that need no screen."""
