"""What the desk's pages show, as plain values."""
