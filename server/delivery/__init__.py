"""What became of it: delivery reports that the vendor sends."""
