#!/usr/bin/env python3
"""Follows Dialtone's public feed, and keeps in a SQLite file what it has seen, each event once.

  apt-get install python3-confluent-kafka
  clients/python/follow_events.py --brokers 127.0.0.1:9092 --into events.sqlite [--until-end]

It is an example to copy: an event and the position that it moves to are written in one transaction, so that however this
program dies, it goes on behind the last event that it kept; and it drops what is not beyond that position, for an event may be
published again. That is all there is to exactly once. controlplane/edge/events/README.md has the headers.
"""
import argparse
import json
import sqlite3
import sys

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, TopicPartition

SCHEMA = """
CREATE TABLE IF NOT EXISTS events (
  partition INTEGER, entry INTEGER, ordinal INTEGER, type TEXT, aggregate TEXT, time TEXT, data BLOB,
  PRIMARY KEY (partition, entry, ordinal)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS positions (
  partition INTEGER PRIMARY KEY, next_offset INTEGER, entry INTEGER, ordinal INTEGER);
CREATE TABLE IF NOT EXISTS ledger (source TEXT);
"""


class Kept:
    """What was seen, and how far."""

    def __init__(self, file):
        self.database = sqlite3.connect(file)
        self.database.executescript(SCHEMA)
        rows = self.database.execute("SELECT partition, next_offset, entry, ordinal FROM positions")
        self.positions = {partition: (offset, (entry, ordinal)) for partition, offset, entry, ordinal in rows}
        row = self.database.execute("SELECT source FROM ledger").fetchone()
        self.source = row[0] if row else None

    def take(self, message):
        """True if the event is new."""
        headers = {name: value.decode() for name, value in message.headers()}
        partition, entry, ordinal = (int(part) for part in headers["ce_id"].split("/"))
        if self.source not in (None, headers["ce_source"]):
            raise SystemExit(f"This topic is of {headers['ce_source']}, and the file is of {self.source}.")
        place = (entry, ordinal)
        newest = self.positions.get(partition, (0, (0, 0)))[1]
        with self.database:  # one transaction
            if self.source is None:
                self.source = headers["ce_source"]
                self.database.execute("INSERT INTO ledger VALUES (?)", (self.source,))
            if place > newest:
                self.database.execute(
                    "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (partition, entry, ordinal, headers["ce_type"], headers["ce_subject"], headers["ce_time"], message.value()))
            kept = (message.offset() + 1, max(place, newest))
            self.database.execute("INSERT OR REPLACE INTO positions VALUES (?, ?, ?, ?)",
                                  (partition, kept[0], kept[1][0], kept[1][1]))
        self.positions[partition] = kept
        return place > newest


def partitions_of(consumer, topic):
    found = consumer.list_topics(topic, timeout=10).topics[topic]
    if found.error is not None:
        raise SystemExit(f"{topic}: {found.error}")
    return sorted(found.partitions)


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--brokers", required=True, help="HOST:PORT,…")
    options.add_argument("--topic", default="dialtone.events.v1")
    options.add_argument("--into", required=True, help="SQLite file")
    options.add_argument("--until-end", action="store_true", help="end where the topic ends now")
    asked = options.parse_args()

    kept = Kept(asked.into)
    # Positions stay in the file, beside what they belong to: the group is a name that Kafka wants, and keeps nothing. Events
    # that expired before they were read end the program: nothing is passed over in silence.
    consumer = Consumer({"bootstrap.servers": asked.brokers, "group.id": "dialtone-follow-events", "enable.auto.commit": False,
                         "auto.offset.reset": "error", "enable.partition.eof": True})
    partitions = partitions_of(consumer, asked.topic)
    consumer.assign([TopicPartition(asked.topic, one, kept.positions.get(one, (OFFSET_BEGINNING, None))[0]) for one in partitions])
    ended = set()
    while not (asked.until_end and ended == set(partitions)):
        message = consumer.poll(1.0)
        if message is None:
            continue
        if message.error() is not None:
            if message.error().code() != KafkaError._PARTITION_EOF:
                raise SystemExit(str(message.error()))
            ended.add(message.partition())
            continue
        if kept.take(message):
            headers = {name: value.decode() for name, value in message.headers()}
            print(json.dumps({name: headers[name] for name in ("ce_id", "ce_time", "ce_type", "ce_subject")}), flush=True)
    consumer.close()


if __name__ == "__main__":
    sys.exit(main())
