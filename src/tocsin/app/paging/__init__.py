"""Who is woken, by which way, what they answer, and whether they were reached."""
