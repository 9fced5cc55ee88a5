"""The pages of the villages' items: handing one in with a telephone's camera, reading it, and deciding on it."""
