"""What the name server behind the emulated link says of each name, as `name_server` takes it."""

from support.link_emulator import SERVER, SERVER_6

ZONE = {
    ("both.test", "A"): (SERVER,),
    ("both.test", "AAAA"): (SERVER_6,),
    ("four.test", "A"): (SERVER,),
    ("secret.test", "A"): (SERVER,),
    ("two.test", "A"): (SERVER, "10.70.9.9"),
    ("empty.test", "A"): (),
    ("sick.test", "RCODE"): ("2",),
    ("bogus.test", "RCODE"): ("2 6",),
    ("refused.test", "RCODE"): ("5",),
    ("blocked.test", "RCODE"): ("3 15",),
    ("garbled.test", "BYTES"): ("81 80 00 01 00 09 00 00 00 00 ff ff ff ff",),
    ("long.test", "A"): tuple(f"10.70.8.{last}" for last in range(1, 101)),
    ("sinkhole.test", "A"): ("0.0.0.0",),
}
