"""What results depend on: factors that are varied, designs of cases, indices."""
