"""What HAR 1.2 asks of a file, as a JSON schema.

Written from the text of the specification: J. Odvarko, "HTTP Archive (HAR) format", W3C Web Performance, 2012.
"""

from typing import Any

_TEXT = {"type": "string"}
_SIZE = {"type": "integer", "minimum": -1}
_TIME = {"type": "number", "minimum": 0}
_TIME_OR_NONE = {"type": "number", "minimum": -1}
_PAIR = {"type": "object", "required": ["name", "value"], "properties": {"name": _TEXT, "value": _TEXT}}
_PAIRS = {"type": "array", "items": _PAIR}

HAR: dict[str, Any] = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "type": "object",
    "required": ["log"],
    "properties": {
        "log": {
            "type": "object",
            "required": ["version", "creator", "entries"],
            "properties": {
                "version": {"const": "1.2"},
                "creator": {
                    "type": "object",
                    "required": ["name", "version"],
                    "properties": {"name": _TEXT, "version": _TEXT},
                },
                "entries": {"type": "array", "items": {"$ref": "#/definitions/entry"}},
            },
        }
    },
    "definitions": {
        "entry": {
            "type": "object",
            "required": ["startedDateTime", "time", "request", "response", "cache", "timings"],
            "properties": {
                "startedDateTime": {
                    "type": "string",
                    "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$",
                },
                "time": _TIME,
                "request": {"$ref": "#/definitions/request"},
                "response": {"$ref": "#/definitions/response"},
                "cache": {"type": "object"},
                "timings": {
                    "type": "object",
                    "required": ["send", "wait", "receive"],
                    "properties": {
                        **dict.fromkeys(("blocked", "dns", "connect", "ssl"), _TIME_OR_NONE),
                        **dict.fromkeys(("send", "wait", "receive"), _TIME),
                    },
                },
                "serverIPAddress": {"type": "string", "pattern": r"^[0-9a-fA-F:.]+$"},
                "connection": _TEXT,
                "comment": _TEXT,
            },
        },
        "request": {
            "type": "object",
            "required": [
                *("method", "url", "httpVersion", "cookies", "headers", "queryString", "headersSize", "bodySize")
            ],
            "properties": {
                "method": _TEXT,
                "url": {"type": "string", "pattern": "^https?://"},
                "httpVersion": _TEXT,
                "cookies": _PAIRS,
                "headers": _PAIRS,
                "queryString": _PAIRS,
                "headersSize": _SIZE,
                "bodySize": _SIZE,
            },
        },
        "response": {
            "type": "object",
            "required": [
                *("status", "statusText", "httpVersion", "cookies", "headers", "content", "redirectURL"),
                *("headersSize", "bodySize"),
            ],
            "properties": {
                "status": {"type": "integer"},
                "statusText": _TEXT,
                "httpVersion": _TEXT,
                "cookies": _PAIRS,
                "headers": _PAIRS,
                "content": {
                    "type": "object",
                    "required": ["size", "mimeType"],
                    "properties": {"size": {"type": "integer", "minimum": 0}, "mimeType": _TEXT},
                },
                "redirectURL": _TEXT,
                "headersSize": _SIZE,
                "bodySize": _SIZE,
            },
        },
    },
}
