"""What the screens of the administration share: views, forms, access, comparison of versions, the guide."""
