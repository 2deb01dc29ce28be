"""How the house is put together: settings, routes, the ASGI entry. Nothing below may import it."""
