"""The administration's screens of documents: forms, panels, lists."""
