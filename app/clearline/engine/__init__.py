"""The probe engine: due slots in, checks run, events out. No window, no store."""
