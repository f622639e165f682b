"""Live streams and their clips. The room is kept for its issue; nothing is offered yet."""
