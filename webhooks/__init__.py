"""Events told to customers: written in the transaction of their cause."""
