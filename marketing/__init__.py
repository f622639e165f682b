"""Marketing clips of superadmins. The room is kept for its issue; nothing is offered yet."""
