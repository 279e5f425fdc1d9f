"""What programs require of their arguments, as data: aws.txt from the program's own tables, own.toml from manuals."""
