"""The assistant: understand, plan, act by tools, answer from what the shop knows, within limits."""
