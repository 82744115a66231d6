"""The few texts of libraries that classification reads, held against the libraries themselves."""

import asyncio

import h11
import httpcore2
import pytest

from clearline.net.classify import NO_RESPONSE, TRUNCATED_CHUNKS, TRUNCATED_LENGTH


def cut_off(head: bytes) -> str:
    connection = h11.Connection(h11.CLIENT)
    connection.send(h11.Request(method="GET", target="/", headers=[("Host", "example.test")]))
    connection.send(h11.EndOfMessage())
    connection.receive_data(head)
    connection.next_event()
    connection.next_event()
    connection.receive_data(b"")
    with pytest.raises(h11.RemoteProtocolError) as caught:
        connection.next_event()
    return str(caught.value)


def test_it_is_what_h11_says_of_a_short_body() -> None:
    assert cut_off(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello").startswith(TRUNCATED_LENGTH)


def test_it_is_what_h11_says_of_missing_chunks() -> None:
    assert cut_off(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n") == TRUNCATED_CHUNKS


def test_it_is_what_httpcore_says_of_no_answer() -> None:
    async def story() -> None:
        connection = httpcore2.AsyncHTTP11Connection(
            httpcore2.Origin(b"http", b"example.test", 80), httpcore2.AsyncMockStream([])
        )
        await connection.handle_async_request(
            httpcore2.Request("GET", "http://example.test/", headers=[("Host", "example.test")])
        )

    with pytest.raises(httpcore2.RemoteProtocolError) as caught:
        asyncio.run(story())
    assert str(caught.value) == NO_RESPONSE
