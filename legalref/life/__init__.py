"""What happens to a document after its issue: effect, relations, repeal, the duty to publish."""
