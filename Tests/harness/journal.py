"""Journals read by the MCAP library for Python, which knows nothing of LiveTape: the embedded schemas must be enough."""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mcap.exceptions import EndOfFile
from mcap.reader import make_reader
from mcap.records import Channel, Message, Metadata, Schema
from mcap.stream_reader import StreamReader
from mcap.summary import Summary
from mcap_protobuf.decoder import DecoderFactory

from . import wire

FRAME_KIND = 1
RUN_KIND = 3
SOCKET_OPENED = 4


@dataclass
class Journal:
    """What a journal holds, record for record, and whether it ends as MCAP wants (footer and magic)."""

    is_closed: bool = False
    metadata: list[Metadata] = field(default_factory=list)
    topics: list[str] = field(default_factory=list)
    #: The decoded protobuf messages, and the raw bytes of each.
    records: list[tuple[str, Any, bytes]] = field(default_factory=list)

    def on(self, *topics: str) -> list[Any]:
        return [record for topic, record, _ in self.records if topic in topics]


MAGIC = b"\x89MCAP0\r\n"


def end_of_whole_records(data: bytes) -> int:
    """Where the last whole record ends: the library hands out one that is cut short as if it were whole."""
    place = len(MAGIC)
    while place + 9 <= len(data):
        (length,) = struct.unpack_from("<Q", data, place + 1)
        if place + 9 + length > len(data):
            return place
        place += 9 + length
    return len(data) if data[place:] == MAGIC else place


def read_journal(data: bytes) -> Journal:
    """Decodes every whole record. A file that stops anywhere is fine; any complaint of the library is not."""
    journal, schemas, channels = Journal(), {}, {}
    decoders = DecoderFactory()
    reader = StreamReader(io.BytesIO(data[: end_of_whole_records(data)]), validate_crcs=True)
    try:
        for record in reader.records:
            if isinstance(record, Schema):
                schemas[record.id] = record
            elif isinstance(record, Channel):
                channels[record.id] = record
                journal.topics.append(record.topic)
            elif isinstance(record, Metadata):
                journal.metadata.append(record)
            elif isinstance(record, Message):
                channel = channels[record.channel_id]
                decode = decoders.decoder_for(channel.message_encoding, schemas[channel.schema_id])
                assert decode is not None, f"no decoder for the channel {channel.topic}"
                journal.records += [(channel.topic, each, record.data) for each in apart(decode(record.data))]
        journal.is_closed = True
    except EndOfFile:
        pass
    return journal


def apart(record: Any) -> list[Any]:
    """The record, or the frames of a run of them, each as it would stand alone."""
    if not (record.DESCRIPTOR.name == "Frame" and record.kind == RUN_KIND):
        return [record]
    frames, position = [], 0
    while position < len(record.run):
        head, payload = wire.head_and_payload(record.run, position)
        frame = type(record)()
        frame.CopyFrom(record)
        frame.ClearField("run")
        frame.ClearField("count")
        frame.kind, frame.last, frame.head, frame.payload = FRAME_KIND, True, head, payload
        frame.sequence += len(frames)
        frame.number += len(frames)
        frame.offset += position
        frames.append(frame)
        position += len(head) + len(payload)
    assert len(frames) == record.count and position == len(record.run)
    return frames


@dataclass
class JournalMessage:
    """A message that Python put together from the frames of a journal, with one deflate stream a direction."""

    opcode: int
    payload: bytes
    frames: int
    wire: int


def wire_payload(frame: Any) -> bytes:
    """What was on the wire: a sealed file has masked payloads without their mask, and the key beside them."""
    if not frame.unmasked:
        return frame.payload
    return wire.masked(frame.unmasked, frame.mask_key.to_bytes(4, "little"))


@dataclass
class SealedFile:
    """A sealed file read by its indexes, every checksum compared."""

    summary: Summary
    journal: Journal
    #: Messages by topic, as they were counted while reading.
    counts: dict[str, int]


def read_sealed(path: Path) -> SealedFile:
    with path.open("rb") as file:
        reader = make_reader(file, validate_crcs=True, decoder_factories=[DecoderFactory()])
        summary = reader.get_summary()
        assert summary is not None and summary.statistics is not None, "no summary"
        journal, counts = Journal(is_closed=True), {}
        for _, channel, message, record in reader.iter_decoded_messages(log_time_order=False):
            journal.records.append((channel.topic, record, message.data))
            counts[channel.topic] = counts.get(channel.topic, 0) + 1
        attachments = [attachment.name for attachment in reader.iter_attachments()]
        assert attachments == ["livetape.connections"]
        assert [metadata.name for metadata in reader.iter_metadata()] == ["livetape"]
    # The other reader goes through the file from its first byte, and compares the data section's checksum.
    streamed = read_journal(path.read_bytes())
    assert streamed.is_closed
    assert [raw for _, _, raw in streamed.records] == [raw for _, _, raw in journal.records]
    return SealedFile(summary, journal, counts)


def messages_of(records: list[Any], connection: int, topic_records: list[Any]) -> list[JournalMessage]:
    """The data messages of one direction of one socket, from its Frame records (`topic_records`) in order."""
    opened = [record for record in records if record.connection == connection and record.kind == SOCKET_OPENED]
    assert len(opened) == 1, f"connection {connection}: {len(opened)} sockets opened"
    inflater = wire.Inflater() if "permessage-deflate" in opened[0].extensions else None
    messages: list[JournalMessage] = []
    head, payload, pieces, is_compressed, size_on_wire, kind = b"", b"", [], False, 0, 0
    for record in topic_records:
        if record.connection != connection or record.kind != FRAME_KIND:
            continue
        if record.part == 0:
            head, payload = record.head, b""
        payload += wire_payload(record)
        if not record.last:
            continue
        opcode = head[0] & 0x0F
        if opcode >= wire.CLOSE:
            continue
        if opcode != wire.CONTINUATION:
            kind, is_compressed, pieces, size_on_wire = opcode, bool(head[0] & 0x40), [], 0
        pieces.append(wire.masked(payload, head[-4:]) if head[1] & 0x80 else payload)
        size_on_wire += len(head) + len(payload)
        if head[0] & 0x80:
            data = b"".join(pieces)
            data = inflater.message(data) if is_compressed and inflater else data
            messages.append(JournalMessage(kind, data, len(pieces), size_on_wire))
    return messages


def crc32c(data: bytes) -> int:
    """Castagnoli, RFC 3720 appendix B.4, by a table: slow, and not ours."""
    crc = 0xFFFF_FFFF
    for byte in data:
        crc = _TABLE[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    return crc ^ 0xFFFF_FFFF


def _table_entry(value: int) -> int:
    for _ in range(8):
        value = (value >> 1) ^ (0x82F6_3B78 if value & 1 else 0)
    return value


_TABLE = [_table_entry(value) for value in range(256)]


def read(path: Path) -> Journal:
    return read_journal(path.read_bytes())
