"""What the chapter *waves* asks and claims."""
