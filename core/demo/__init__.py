"""Demo: a believable platform with no account, in the files that the real sources produce."""
