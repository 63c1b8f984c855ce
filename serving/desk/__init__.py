"""What the reviewer's pages show, in a biller's words: values that the templates in `serving/pages` only lay out."""
