"""The face for assistants: tools, resources and prompts over stdio and HTTP."""
