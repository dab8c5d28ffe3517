"""The archive: sealed copies, how long they are kept, how they are destroyed."""
