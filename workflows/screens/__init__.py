"""The administration's screens and forms of publishing: parse, call an action, answer."""
