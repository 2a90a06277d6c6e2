"""What the chapter *forty_into_five* asks and claims."""
