"""Work that takes time: the Job row is the truth, the queue only a doorbell."""
