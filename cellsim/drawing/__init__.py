"""Styles, tables and numbers of pictures and reports; knows no cell."""
