"""A customer and a rep face to face: who is rung, who talks, what they show and put in the cart.

The picture and sound go from page to page and are never here; what is here says who may, and what
happened.
"""
