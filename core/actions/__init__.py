"""Changes to what lies in the cloud that can be previewed, applied and taken back."""
