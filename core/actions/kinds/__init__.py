"""What each kind of action does, one file each."""
