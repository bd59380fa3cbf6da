"""The nouns of document verification; imports nothing else of ours."""
