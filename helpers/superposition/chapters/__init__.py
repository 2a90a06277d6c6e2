"""What each chapter asks and claims: a folder a chapter, a file an exercise."""
