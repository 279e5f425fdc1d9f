"""Who is called when nobody acts, in all the forms in which documents say it."""
