"""Commands about texts, their signatures and their proofs."""
