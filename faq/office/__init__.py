"""The administration's screens of questions: inbox, steps, tables of answers."""
