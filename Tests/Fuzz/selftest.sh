#!/usr/bin/env bash
# selftest.sh   shows that the fuzzers see: each of these faults is built into a copy of the sources, and has to be found
#
# A fault is found when the fuzzer stops with the finding that is expected, within SECONDS (60) from its corpus.
set -euo pipefail
cd "$(dirname "$0")/../.."
export ALMD_FUZZ=.build-fuzz/faulty SWIFT_BACKTRACE=enable=no
scratch=.build-fuzz/selftest
mkdir -p "$scratch"
missed=0

# fault FUZZER FILE WHAT-SED-MAKES-OF-IT EXPECTED-FINDING
fault() {
  local name=$1 file=$2 change=$3 expected=$4 start
  rsync --archive --delete --checksum Sources/ "$ALMD_FUZZ/"
  sed -i -E "$change" "$ALMD_FUZZ/$file"
  if cmp -s "Sources/$file" "$ALMD_FUZZ/$file"; then
    echo "error: $file has nothing that \"$change\" changes" >&2
    missed=$((missed + 1))
    return
  fi
  if ! swift build -c release --scratch-path .build-fuzz --product "$name" >"$scratch/build" 2>&1; then
    echo "error: $file does not compile with \"$change\"; see $scratch/build" >&2
    missed=$((missed + 1))
    return
  fi
  rm -rf "$scratch/corpus"
  mkdir "$scratch/corpus"
  start=$EPOCHREALTIME
  .build-fuzz/release/"$name" -seed=1 -max_total_time="${SECONDS_EACH:-60}" -max_len=512 -len_control=0 -timeout=10 \
    -rss_limit_mb=200 -artifact_prefix="$scratch/" "$scratch/corpus" "Fixtures/fuzz/$name" >"$scratch/log" 2>&1 && true
  if grep -qE "$expected" "$scratch/log"; then
    echo "$name finds \"$expected\" after $(bc <<<"scale=1; ($EPOCHREALTIME - $start) / 1") s: $file"
  else
    echo "error: $name misses \"$expected\": $file, \"$change\"; see $scratch/log.$missed" >&2
    cp "$scratch/log" "$scratch/log.$missed"
    missed=$((missed + 1))
  fi
}

# The host: a list without an end, another's reply, the wrong state, an ended dongle that is asked again, an error in the
# host's own name, memory that is never given back, and a trap far behind the checks.
fault FuzzHost Dongles/PagedList.swift 's/guard page.total <= limit else .*//' '[0-9]+ (keys|transfers)$|asked more often'
fault FuzzHost Dongles/PagedList.swift 's/if page.items.isEmpty \{/if items.count > 5000 {/' 'asked more often'
fault FuzzHost Dongles/DongleLine.swift 's/reply.sequence == sequence/reply.sequence \& 0xFF == sequence \& 0xFF/' \
  'an answer of what is none'
fault FuzzHost Dongles/TransferStep+Objection.swift 's/standing == .source\(.returned\)/true/' 'answered with'
fault FuzzHost Dongles/DongleVault.swift 's/if error.isFatal \{/if error.isFatal, list.isEmpty {/;s/guarded<Answer>\(/guarded<Answer>(_ list: [Int] = [1], /' \
  'the dongle said'
fault FuzzHost DongleProtocol/LicenceError+Dongle.swift 's/guard code.isGivenByVaults else .*//' 'the dongle said'
fault FuzzHost Dongles/DongleLine.swift \
  's/(private var sequence: UInt16 = 0)/\1; private lazy var own: DongleLine? = self/;s/(sequence \&\+= 1)/\1; if sequence == 6 { _ = own }/' \
  'took memory each time'
fault FuzzHost DongleProtocol/LicenceError+Payload.swift 's/(last = parameter)/\1; precondition(count < 14)/' 'deadly signal'
# On USB: a read that is no whole packets, empty packets without end, and an endpoint with packets of no bytes.
fault FuzzHost USBDongles/Cable/USBCable.swift 's/receive\(wholePackets\(for: missing\)\)/receive(missing)/' 'a read of'
fault FuzzHost USBDongles/Cable/USBCable.swift 's/while emptyReads <= Self.mostEmptyReads/while true/' 'reads for one reply'
fault FuzzHost USBDongles/Opening/USBPipes.swift 's/ \&\& \(1...1024\).contains\(maximumPacketSize\)//' 'packets of 0 bytes'

# The dongle: a place behind the end of a list, a stream that goes on after a broken frame, one key too many, and a step
# that is done although its medium is said to be full.
fault FuzzDevice DongleProtocol/Page.swift 's/list.dropFirst\(Int\(clamping: start\)\)/list[Int(start)...]/' 'Fatal error'
fault FuzzDevice DongleProtocol/FrameDecoder.swift 's/failure = error/failure = nil/' 'the pieces in which a stream comes'
fault FuzzDevice USBGadget/RequestStream.swift 's/isGarbled = true/isGarbled = false/' 'broke once more'
fault FuzzDevice Vaults/TransferRules.swift 's/count \+ expected < Int/count + expected <= Int/' 'more keys than there is room'
fault FuzzDevice Dongles/DongleDevice.swift 's/sequence: frame.sequence, payload: payload/sequence: frame.sequence | 1, payload: payload/' \
  'the reply to another request'

rm -rf "$ALMD_FUZZ"
((missed == 0))
