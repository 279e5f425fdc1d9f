"""Who is called: names, several of them in one text, and what is nobody of ours."""
