"""The livestream's picture: who may send and see it, and the engine that carries it.

Everything outside of `embedded/` knows an engine only by its addresses (`engine`), its question
whether somebody may (`service.authorise`) and its news (`service.happened`), so that another media
server can take its place by settings alone.
"""
