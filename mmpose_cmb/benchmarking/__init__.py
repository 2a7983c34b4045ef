"""How fast networks run, side by side."""
