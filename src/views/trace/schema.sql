-- Times are in microseconds since the Unix epoch. A row counts from its position, recorded or effective time
-- on, whichever a question is asked by, and until the other end where it has one.

-- Events that can be a step of a trace; `thing` is the provision or priority that they begin.
CREATE TABLE events (
    stream TEXT NOT NULL,
    revision INTEGER NOT NULL,
    event_id BLOB NOT NULL,
    type TEXT NOT NULL,
    title TEXT NOT NULL,
    details TEXT NOT NULL,
    decider TEXT NOT NULL,
    actor TEXT NOT NULL,
    source TEXT,
    thing BLOB,
    position INTEGER NOT NULL,
    recorded INTEGER NOT NULL,
    effective INTEGER NOT NULL,
    PRIMARY KEY (stream, revision)
) WITHOUT ROWID;
CREATE INDEX events_thing ON events (stream, thing) WHERE thing IS NOT NULL;

-- That `node` of `stream` rests on an event, says the event `revision` of the same stream. `chain` is 1 for
-- the steps down to provisions, which alone are followed upwards.
CREATE TABLE edges (
    stream TEXT NOT NULL,
    chain INTEGER NOT NULL,
    node INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    n INTEGER NOT NULL,
    event_id BLOB NOT NULL,
    role TEXT NOT NULL,
    to_stream TEXT NOT NULL,
    to_revision INTEGER NOT NULL,
    position INTEGER NOT NULL,
    recorded INTEGER NOT NULL,
    effective INTEGER NOT NULL,
    until_position INTEGER,
    until_recorded INTEGER,
    until_effective INTEGER,
    PRIMARY KEY (stream, chain, node, revision, n)
) WITHOUT ROWID;

-- Money committed, under which stage (an edge of its own kind, in the same row), until it was reversed.
CREATE TABLE commitments (
    stream TEXT NOT NULL,
    money BLOB NOT NULL,
    revision INTEGER NOT NULL,
    event_id BLOB NOT NULL,
    to_revision INTEGER NOT NULL,
    value_date TEXT NOT NULL,
    position INTEGER NOT NULL,
    recorded INTEGER NOT NULL,
    effective INTEGER NOT NULL,
    until_position INTEGER,
    until_recorded INTEGER,
    until_effective INTEGER,
    PRIMARY KEY (stream, money)
) WITHOUT ROWID;

-- What became of a node: superseded, retained, withdrawn, retired, reserved, disputed.
CREATE TABLE changes (
    stream TEXT NOT NULL,
    node INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    n INTEGER NOT NULL,
    event_id BLOB NOT NULL,
    what TEXT NOT NULL,
    who TEXT NOT NULL,
    reason TEXT NOT NULL,
    position INTEGER NOT NULL,
    recorded INTEGER NOT NULL,
    effective INTEGER NOT NULL,
    PRIMARY KEY (stream, node, revision, n)
) WITHOUT ROWID;
