"""What the chapter *shapes* asks and claims."""
