"""What each phrase and each value of a template passes, at less than Django asks for it."""
