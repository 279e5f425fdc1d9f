"""Who is listed to be contacted, and how to reach them."""
