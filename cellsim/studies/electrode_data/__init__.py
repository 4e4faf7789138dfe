"""What measurements of half cells and slow full cells say of electrodes: potentials, windows, diffusivities."""
