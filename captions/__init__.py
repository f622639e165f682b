"""Caption styles, uploaded fonts, transcripts, and the Caption Studio."""
