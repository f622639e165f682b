"""Clips: cutting, status, downloads, library and the Clip Studio."""
