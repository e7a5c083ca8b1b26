"""What a channel would refuse before anything is filed, and what an opponent will attack."""
