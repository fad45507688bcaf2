"""Ports for servers of tests."""

from __future__ import annotations

import socket

from service_kit.ports import HOST, free_port, free_ports


def test_ports_are_different_and_free() -> None:
    ports = free_ports(40)

    assert len(set(ports)) == 40
    for port in ports:
        with socket.socket() as server:
            server.bind((HOST, port))


def test_a_taken_port_is_not_given() -> None:
    with socket.socket() as taken:
        taken.bind((HOST, free_port()))
        assert taken.getsockname()[1] not in free_ports(2_000)


def test_no_outgoing_connection_gets_one() -> None:
    ports = set(free_ports(2_000))
    with socket.socket() as server:
        server.bind((HOST, 0))
        server.listen(200)
        clients = [socket.create_connection(server.getsockname()) for _ in range(200)]
        try:
            assert ports.isdisjoint(client.getsockname()[1] for client in clients)
        finally:
            for client in clients:
                client.close()
