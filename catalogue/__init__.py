"""The mediaclip catalogue. The room is kept for its issue; nothing is offered yet."""
