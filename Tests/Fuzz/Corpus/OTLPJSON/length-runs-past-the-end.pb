
À„=abc