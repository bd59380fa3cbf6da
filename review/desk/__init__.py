"""The desk: the web application at which people settle what the rules found."""
