from __future__ import annotations

from collections.abc import Sequence

from conftest import run_async

from lookups.servers import AT, Zone, clock, datagram_server, free_port, name_server, open_gate, stream_server
from scrapers.lookups.canary import NetworkState, Reach, own_network_state

ZONE = Zone({"canary.example": [("A", "203.0.113.1")]})


def look(canaries: Sequence[str], resolvers: Sequence[str], resolve: dict[str, str]) -> NetworkState:
    gate = open_gate(resolve=resolve, allow=())
    return run_async(own_network_state(canaries, resolvers, gate, clock=clock, seconds=0.5))


def test_without_a_canary_the_network_is_unknown() -> None:
    assert look([], [], {}) == NetworkState(Reach.UNKNOWN, AT)


def test_all_checks_well_is_ok() -> None:
    with stream_server(lambda channel: None) as there, name_server(ZONE) as resolver:
        state = look(["canary.example:443"], [resolver], {"canary.example": there})
    assert state.reach is Reach.OK
    assert [check.by for check in state.checks] == ["connection", resolver]


def test_no_connection_at_all_is_down_with_its_proof() -> None:
    with name_server(ZONE) as resolver:
        state = look(["canary.example"], [resolver], {"canary.example": f"127.0.0.1:{free_port()}"})
    assert state.reach is Reach.DOWN
    assert "canary.example (connection): refused" in state.words


def test_behind_a_proxy_no_datagram_leaves() -> None:
    with stream_server(lambda channel: None) as there, name_server(ZONE, udp=False, tcp=True) as resolver:
        gate = open_gate(resolve={"canary.example": there})
        state = run_async(
            own_network_state(["canary.example"], [resolver], gate, clock=clock, seconds=1, by_stream=True)
        )
    assert state.reach is Reach.OK, state.words


def test_a_silent_resolver_is_partial_and_named() -> None:
    with (
        stream_server(lambda channel: None) as there,
        name_server(ZONE) as good,
        datagram_server(lambda data: None) as silent,
    ):
        state = look(["canary.example"], [good, silent], {"canary.example": there})
    assert state.reach is Reach.PARTIAL
    assert state.silent_resolvers == (silent,)
