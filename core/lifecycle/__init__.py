"""What providers do by themselves with objects of a certain age: seen, supposed, changed."""
