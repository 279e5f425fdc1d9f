"""What people outside are told: public updates, scheduled work, and those who subscribed."""
