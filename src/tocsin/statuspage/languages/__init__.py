"""The words of the status page, one data file per language. A new language is one more file."""
