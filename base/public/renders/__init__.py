"""What keeps readers of cached pages from waiting for pages that are made afresh: few renders at once, a short queue.

1. `queue.py`: who is next, and who is turned away when too many wait; `asked.py`: who asked a moment ago.
2. `slots.py`: the renders that run at once, counted over all processes of the machine.
3. `memory.py`: what its many threads take.
4. `gate.py`: the WSGI application between the page cache and Django, with threads of its own for each kind of work.
"""

from .gate import RenderGate, on_own_thread

__all__ = ["RenderGate", "on_own_thread"]
