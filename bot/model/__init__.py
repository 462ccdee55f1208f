"""A language model's side of the assistant: what it is sent, what it may do, what it may say.

`loading` makes the assistant that the settings ask for; nothing else here is imported before, since
LangChain takes a second to import and most shops run without a model.
"""
