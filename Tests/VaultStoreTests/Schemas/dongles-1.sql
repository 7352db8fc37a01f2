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
