"""The TCP probe: does anything take a connection there, and how long does that take?"""

from clearline.probes.attempt import Attempt


async def probe_tcp(attempt: Attempt) -> None:
    """Connect, and done: a service that hangs up afterwards did take the connection. Phases: resolve, connect."""
    connection = await attempt.connect()
    attempt.stopwatch.stop(connection.connected_at_ns)
