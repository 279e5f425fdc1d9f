"""What a team says to Tocsin beside its own text: answers in the document, corrections in a file."""
