"""What all commands share: options, output and messages about wrong usage."""
