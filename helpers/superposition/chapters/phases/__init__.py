"""What the chapter *phases* asks and claims."""
