"""What is handed over: reports, exports and their redaction."""
