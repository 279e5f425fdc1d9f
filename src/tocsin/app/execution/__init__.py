"""Steps of procedures: shown, ordered, consented to, run at most once, here or by a runner, and looked at after."""
