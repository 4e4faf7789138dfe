"""The equations of the models: residuals and Newton steps of one implicit stage."""
