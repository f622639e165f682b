"""The engine: paths and numbers in, files and dataclasses out. Knows no Django."""
