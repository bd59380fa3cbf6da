"""One case as a bundle that proves itself: originals, readings, findings, decisions and the log that binds them."""
