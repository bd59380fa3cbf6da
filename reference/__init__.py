"""Dated facts with their source: metals, industries, seals, policy."""
