"""Examples made from noise, as a classifier judges them."""
