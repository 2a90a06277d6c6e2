"""What the chapter *attention* asks and claims."""
