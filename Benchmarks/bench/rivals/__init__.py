"""What Shoal is measured against, each with its own word on how it is set up for speed."""
