"""The words by which runbooks are read, one data file per language. A new language is one more file."""
