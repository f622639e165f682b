"""Caption presets, fonts and transcripts. The room is kept for the captions issue; nothing is offered yet."""
