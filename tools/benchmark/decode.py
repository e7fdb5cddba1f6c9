"""What `livetape analyze` is measured beside: a straight script that decodes a recording's messages and sums sizes.

    decode.py RECORDING    prints {"client":{"messages":…,"bytes":…},"server":{…}}

Every frame counts, with its inflated bytes; every text is parsed as JSON, and nothing is made of it.
"""

from __future__ import annotations

import json
import sys
import zlib

from mcap.reader import make_reader
from mcap_protobuf.decoder import DecoderFactory

FRAME_KIND = 1
TEXT, CLOSE = 1, 8


def main(path: str) -> None:
    totals = {"client": [0, 0], "server": [0, 0]}
    pieces: dict[tuple[int, str], bytes] = {}
    heads: dict[tuple[int, str], bytes] = {}
    inflaters = {}
    with open(path, "rb") as file:
        reader = make_reader(file, decoder_factories=[DecoderFactory()])
        decoded = reader.iter_decoded_messages(topics=["client", "server"], log_time_order=False)
        for _, channel, _, frame in decoded:
            assert frame.kind == FRAME_KIND, "only recordings that `livetape pack` made: a frame for each record"
            key = frame.connection, channel.topic
            data = frame.unmasked or frame.payload
            if frame.part == 0:
                heads[key] = frame.head
            else:
                data = pieces.pop(key) + data
            if not frame.last:
                pieces[key] = data
                continue
            opcode, is_compressed = heads[key][0] & 0x0F, heads[key][0] & 0x40
            assert heads[key][0] & 0x80, "no message in fragments"
            if is_compressed:
                inflater = inflaters.get(key) or inflaters.setdefault(key, zlib.decompressobj(wbits=-15))
                data = inflater.decompress(data + b"\0\0\xff\xff")
            if opcode == TEXT:
                json.loads(data)
            elif opcode == CLOSE:
                inflaters.pop(key, None)
            totals[channel.topic][0] += 1
            totals[channel.topic][1] += len(data)
    print(json.dumps({side: {"messages": count, "bytes": size} for side, (count, size) in totals.items()}))


main(sys.argv[1])
