"""What must hold before a release is put in place."""
