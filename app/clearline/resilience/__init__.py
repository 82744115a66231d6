"""The client core's policies as pure state machines, and the thin async drivers that run them."""
