/// The tables as version 1 of each database has them. A change here is a new version: add a migration, and a fixture of
/// the new version beside this one.
enum SchemaFixtures {
    static let vault1 = """
        CREATE TABLE anchor (
          role INTEGER NOT NULL PRIMARY KEY CHECK (role BETWEEN 1 AND 4),
          record BLOB NOT NULL UNIQUE CHECK (length(record) BETWEEN 94 AND 4096)
        ) STRICT;

        CREATE TABLE held_key (
          licence BLOB NOT NULL PRIMARY KEY CHECK (length(licence) = 8),
          certificate BLOB NOT NULL CHECK (length(certificate) BETWEEN 1 AND 150),
          since INTEGER NOT NULL,
          seed BLOB NOT NULL CHECK (length(seed) = 44)
        ) STRICT;

        CREATE TABLE history (
          sequence INTEGER NOT NULL PRIMARY KEY,
          event TEXT NOT NULL CHECK (length(event) BETWEEN 1 AND 32),
          licence BLOB NOT NULL CHECK (length(licence) = 8),
          transfer TEXT CHECK (length(transfer) = 6),
          time INTEGER NOT NULL,
          user INTEGER NOT NULL CHECK (user BETWEEN 0 AND 4294967295)
        ) STRICT;

        CREATE TABLE incoming_transfer (
          sequence INTEGER NOT NULL PRIMARY KEY,
          transfer TEXT NOT NULL UNIQUE CHECK (length(transfer) = 6),
          licence BLOB NOT NULL CHECK (length(licence) = 8),
          certificate BLOB NOT NULL CHECK (length(certificate) BETWEEN 1 AND 150),
          offer_secret BLOB NOT NULL CHECK (length(offer_secret) = 10),
          point BLOB NOT NULL UNIQUE CHECK (length(point) = 32),
          state INTEGER NOT NULL CHECK (state BETWEEN 1 AND 3),
          begun INTEGER NOT NULL,
          changed INTEGER NOT NULL,
          request_secret BLOB CHECK (length(request_secret) = 60),
          tag BLOB CHECK (length(tag) = 2),
          activation_digest BLOB CHECK (length(activation_digest) = 32),
          receipt BLOB CHECK (length(receipt) = 9),
          return_key BLOB CHECK (length(return_key) = 44),
          withheld INTEGER NOT NULL DEFAULT 0 CHECK (withheld IN (0, 1)),
          open_licence BLOB UNIQUE GENERATED ALWAYS AS (CASE state WHEN 1 THEN licence END) STORED,
          CHECK ((state = 1) = (request_secret IS NOT NULL) AND (state = 1) = (tag IS NULL)),
          CHECK ((state = 2) = (activation_digest IS NOT NULL) AND (state = 2) = (receipt IS NOT NULL)),
          CHECK ((state = 3) = (return_key IS NOT NULL)),
          CHECK (withheld = 0 OR state = 3)
        ) STRICT;

        CREATE TABLE outgoing_transfer (
          sequence INTEGER NOT NULL PRIMARY KEY,
          transfer TEXT NOT NULL UNIQUE CHECK (length(transfer) = 6),
          licence BLOB NOT NULL CHECK (length(licence) = 8),
          certificate BLOB NOT NULL CHECK (length(certificate) BETWEEN 1 AND 150),
          offer_secret BLOB NOT NULL UNIQUE CHECK (length(offer_secret) = 10),
          state INTEGER NOT NULL CHECK (state BETWEEN 1 AND 5),
          begun INTEGER NOT NULL,
          changed INTEGER NOT NULL,
          wrong_requests_before INTEGER NOT NULL CHECK (wrong_requests_before BETWEEN 0 AND 4294967295),
          point BLOB CHECK (length(point) = 32),
          tag BLOB CHECK (length(tag) = 2),
          receipt_digest BLOB CHECK (length(receipt_digest) = 32),
          activation BLOB CHECK (length(activation) = 16),
          escrow BLOB CHECK (length(escrow) = 44),
          return_digest BLOB CHECK (length(return_digest) = 32),
          withheld INTEGER NOT NULL DEFAULT 0 CHECK (withheld IN (0, 1)),
          offered_key BLOB UNIQUE GENERATED ALWAYS AS (CASE state WHEN 1 THEN licence END) STORED
            REFERENCES held_key (licence) DEFERRABLE INITIALLY DEFERRED,
          CHECK ((state IN (3, 4, 5)) = (point IS NOT NULL)),
          CHECK ((point IS NULL) = (tag IS NULL) AND (point IS NULL) = (receipt_digest IS NULL)),
          CHECK ((state = 3) = (activation IS NOT NULL) AND (state = 3) = (escrow IS NOT NULL)),
          CHECK ((state = 5) = (return_digest IS NOT NULL)),
          CHECK (withheld = 0 OR state IN (3, 4, 5))
        ) STRICT;

        CREATE TABLE vault (
          one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
          location TEXT NOT NULL CHECK (length(location) BETWEEN 5 AND 36),
          key_capacity INTEGER NOT NULL CHECK (key_capacity BETWEEN 0 AND 4294967295),
          record_capacity INTEGER NOT NULL CHECK (record_capacity BETWEEN 0 AND 4294967295),
          state_counter INTEGER NOT NULL CHECK (state_counter >= 0),
          wrong_requests INTEGER NOT NULL CHECK (wrong_requests BETWEEN 0 AND 4294967295)
        ) STRICT;
        """

    static let dongles1 = """
        CREATE TABLE dongle (
          serial TEXT NOT NULL PRIMARY KEY CHECK (length(serial) BETWEEN 1 AND 32),
          highest_counter INTEGER NOT NULL CHECK (highest_counter >= 0),
          refused_counter INTEGER CHECK (refused_counter BETWEEN 0 AND highest_counter),
          seen INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE dongle_transfer (
          serial TEXT NOT NULL REFERENCES dongle (serial) ON DELETE CASCADE,
          transfer TEXT NOT NULL CHECK (length(transfer) = 6),
          certificate BLOB NOT NULL CHECK (length(certificate) BETWEEN 1 AND 150),
          side INTEGER NOT NULL CHECK (side IN (1, 2)),
          state INTEGER NOT NULL CHECK (state BETWEEN 1 AND 5),
          begun INTEGER NOT NULL,
          changed INTEGER NOT NULL,
          fingerprint TEXT CHECK (length(fingerprint) = 14),
          withheld INTEGER NOT NULL CHECK (withheld IN (0, 1)),
          PRIMARY KEY (serial, transfer)
        ) STRICT;
        """
}
