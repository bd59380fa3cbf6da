"""From scans to pages of words to typed documents."""
