"""The protocol language: text to steps, and steps to text."""
