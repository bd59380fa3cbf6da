"""The desk's pages: every module here with a `router` is part of the application."""
