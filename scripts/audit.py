"""A second auditor of a season: Python's standard library alone, written from docs/protocol.md.

It reads a season's point events and final standings from an RPC, folds them, and compares what comes out with the
contracts' own state at the same block. Section names in quotes are docs/protocol.md's.

Exit codes: 0 when all agrees, 1 with the first difference, 2 for wrong use or an RPC that fails.
"""

import argparse
import http.client
import json
import re
import struct
import sys
import time
from typing import Any, NamedTuple
from urllib.parse import urlsplit

# ---------------------------------------------------------------- keccak-256

WIDE = 512
"""States that are permuted side by side, each lane in one long integer: 20 times as fast for each."""


def written_out_permutation(width: int):
    """Keccak-f[1600] of `width` states at once, as a function from 25 lanes to 25 lanes (lane x + 5y).

    Lane i of every state stands in one integer, 64 bits each. The rounds' steps are written out into Python's source
    and compiled, because loops over lanes would take three times as long.
    """

    def every(lane: int) -> int:
        return int.from_bytes(lane.to_bytes(8, "little") * width, "little")

    def rotated(name: str, n: int) -> str:
        if n == 0:
            return name
        right = f"{name} >> {64 - n}" if width == 1 else f"{name} >> {64 - n} & {every(2**n - 1):#x}"
        return f"({name} & {every(2 ** (64 - n) - 1):#x}) << {n} | {right}"

    names = ", ".join(f"a{i}" for i in range(25))
    constants = ", ".join(f"{every(constant):#x}" for constant in round_constants())
    lines = ["def permute(lanes):", f" {names} = lanes", f" for constant in ({constants}):"]
    for x in range(5):
        lines.append(f"  c{x} = a{x} ^ a{x + 5} ^ a{x + 10} ^ a{x + 15} ^ a{x + 20}")
    offsets = rotation_offsets()
    for x in range(5):
        lines.append(f"  d = c{(x + 4) % 5} ^ ({rotated(f'c{(x + 1) % 5}', 1)})")
        for y in range(5):
            lines.append(f"  t = a{x + 5 * y} ^ d")
            lines.append(f"  b{y + 5 * ((2 * x + 3 * y) % 5)} = {rotated('t', offsets[x, y])}")
    for y in range(0, 25, 5):
        for x in range(5):
            # p ^ (~q & r), without negative numbers, which are slow.
            p, q, r = (f"b{(x + step) % 5 + y}" for step in range(3))
            lines.append(f"  a{x + y} = {p} ^ {q} ^ ({q} | {r})")
    lines += ["  a0 ^= constant", f" return [{names}]"]
    namespace: dict[str, Any] = {}
    exec("\n".join(lines), namespace)
    return namespace["permute"]


def rotation_offsets() -> dict[tuple[int, int], int]:
    offsets, (x, y) = {(0, 0): 0}, (1, 0)
    for t in range(24):
        offsets[x, y] = (t + 1) * (t + 2) // 2 % 64
        x, y = y, (2 * x + 3 * y) % 5
    return offsets


def round_constants() -> list[int]:
    constants, register = [], 1
    for _ in range(24):
        constant = 0
        for j in range(7):
            if register & 1:
                constant |= 1 << 2**j - 1
            register = register << 1 ^ (0x171 if register >> 7 else 0)
        constants.append(constant)
    return constants


PERMUTATIONS = {width: written_out_permutation(width) for width in (1, WIDE)}


def keccak(message: bytes) -> bytes:
    return sponge(1, [message])[0]


def keccak_each(messages: list[bytes]) -> list[bytes]:
    """The hashes of messages that all have the same length."""
    hashes: list[bytes] = []
    for start in range(0, len(messages), WIDE):
        part = messages[start : start + WIDE]
        hashes += sponge(WIDE, part) if len(part) > WIDE // 20 else map(keccak, part)
    return hashes


def sponge(width: int, messages: list[bytes]) -> list[bytes]:
    """The hashes of at most `width` messages of one length."""
    rate = 136
    missing = rate - len(messages[0]) % rate
    padding = b"\x81" if missing == 1 else b"\x01" + bytes(missing - 2) + b"\x80"
    padded = [message + padding for message in messages]
    lanes = [0] * 25
    for block in range(0, len(padded[0]), rate):
        for i in range(17):
            at = block + 8 * i
            lanes[i] ^= int.from_bytes(b"".join([message[at : at + 8] for message in padded]), "little")
        lanes = PERMUTATIONS[width](lanes)
    out = [lane.to_bytes(8 * width, "little") for lane in lanes[:4]]
    return [b"".join([lane[at : at + 8] for lane in out]) for at in range(0, 8 * len(messages), 8)]


# ---------------------------------------------------------------- bytes that are hashed


def word(value: int) -> bytes:
    """A number as ABI encoding has it: 32 bytes, two's complement below zero."""
    return (value % 2**256).to_bytes(32, "big")


def selector(signature: str) -> bytes:
    return keccak(signature.encode())[:4]


def checksum_addresses(accounts: list[bytes]) -> list[str]:
    """EIP-55: a letter is a capital where the hash of the address's text has a nibble of 8 or more."""
    texts = [account.hex() for account in accounts]
    hashes = keccak_each([text.encode() for text in texts])
    return [
        "0x" + "".join(c.upper() if nibble >= "8" else c for c, nibble in zip(text, digest.hex()))
        for text, digest in zip(texts, hashes)
    ]


def checksum_address(account: bytes) -> str:
    return checksum_addresses([account])[0]


def tree_root(leaves: list[bytes]) -> bytes:
    """"Ordered trees": the root over at least one leaf; all leaves have the same length."""
    level = keccak_each([b"\x00" + i.to_bytes(4, "big") + data for i, data in enumerate(leaves)])
    empty = bytes(32)
    while len(level) > 1:
        if len(level) % 2 == 1:
            level.append(empty)
        level = keccak_each([b"\x01" + level[i] + level[i + 1] for i in range(0, len(level), 2)])
        empty = keccak(b"\x01" + empty + empty)
    return keccak(b"\x04" + len(leaves).to_bytes(4, "big") + level[0])


class Entry(NamedTuple):
    """A ledger entry, as `PointsAwarded` or `PointsBurned` tells it."""

    account: bytes
    subject: bytes
    reason: int
    delta: int
    """Below zero where points were burned."""
    seq: int


def ledger_hash(previous: bytes, season: int, entry: Entry) -> bytes:
    """"Votes and ledger": the ledger hash after one more entry."""
    numbers = word(entry.reason) + word(entry.delta) + word(entry.seq)
    return keccak(previous + word(season) + bytes(12) + entry.account + entry.subject + numbers)


class Standing(NamedTuple):
    place: int
    rank: int
    account: bytes
    points: int
    last_seq: int


def standing_bytes(standing: Standing) -> bytes:
    """"Standings": the data of a leaf."""
    place, rank, account, points, last_seq = standing
    return struct.pack(">II20sQQ", place, rank, account, points, last_seq)


# ---------------------------------------------------------------- rules


class Ledger:
    """A season's ledger, folded entry by entry."""

    def __init__(self, season: int):
        self.season = season
        self.seq = 0
        self.hash = bytes(32)
        self.total = 0
        self.accounts: dict[bytes, tuple[int, int]] = {}
        """Points and `lastSeq` of each account that has an entry."""

    def fold(self, entry: Entry) -> None:
        """Takes the next entry. Raises Difference where `seq` has a gap or points can't be right."""
        if entry.seq != self.seq + 1:
            raise Difference(
                f"The ledger goes from seq {self.seq} to seq {entry.seq}; {self.seq + 1} is missing or out of place."
            )
        points = self.accounts.get(entry.account, (0, 0))[0] + entry.delta
        if not 0 <= points < 2**63:
            raise Difference(f"{checksum_address(entry.account)} comes to {points} points at seq {entry.seq}.")
        self.seq = entry.seq
        self.hash = ledger_hash(self.hash, self.season, entry)
        self.total += entry.delta
        self.accounts[entry.account] = (points, entry.seq)

    def standings(self) -> list[Standing]:
        """"Ranking": by points, the most first, then by the lower `lastSeq`; equal points share a rank."""
        order = sorted(self.accounts.items(), key=lambda item: (-item[1][0], item[1][1]))
        standings: list[Standing] = []
        for place, (account, (points, last_seq)) in enumerate(order, 1):
            shares = place > 1 and standings[-1].points == points
            standings.append(Standing(place, standings[-1].rank if shares else place, account, points, last_seq))
        return standings


class Chunk(NamedTuple):
    """One call of `Standings.post`, as `StandingsPosted` tells it."""

    poster: bytes
    first: int
    root: bytes
    accounts: list[bytes]


def last_draft(chunks: list[Chunk], poster: bytes) -> tuple[int, list[Chunk]]:
    """"Final standings": how often a poster began at place 1, which is the draft's epoch, and its chunks since."""
    epoch, draft = 0, []
    for chunk in chunks:
        if chunk.poster != poster:
            continue
        if chunk.first == 1:
            epoch, draft = epoch + 1, []
        draft.append(chunk)
    return epoch, draft


# ---------------------------------------------------------------- the RPC


class Failure(Exception):
    """What ends the audit without a result: wrong use, or an RPC that fails or answers what can't be."""


class Refused(Failure):
    """The node refused a call, or answered more than is read; a smaller call may pass."""


class Difference(Exception):
    """What doesn't agree."""


class Rpc:
    """A JSON-RPC endpoint that isn't trusted: answers are bounded in size and time, and their types are checked."""

    MOST_BYTES = 64 * 2**20
    SECONDS = 60
    TRIES = 4

    def __init__(self, url: str):
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError:
            raise Failure(f"{shown(url)} is not a URL.") from None
        if parts.scheme not in ("http", "https") or not host or parts.username is not None or not url.isascii():
            raise Failure(f"{shown(url)} is not an http or https URL of an RPC.")
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._connection = kind(host, port, timeout=30)
        self._path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self.name = f"{parts.scheme}://{parts.netloc}"
        """Without its path, which may hold a key."""
        self._asked = 0

    def ask(self, method: str, *params: Any) -> Any:
        """A call's result, of any type. Raises Refused where the node answers with an error, Failure otherwise."""
        self._asked += 1
        call = json.dumps({"jsonrpc": "2.0", "id": self._asked, "method": method, "params": params})
        for wait in range(self.TRIES):
            status, body = self._post(call)
            if status not in (429, 503) or wait == self.TRIES - 1:
                break
            time.sleep(0.5 * 2**wait)
        try:
            answer = json.loads(body)
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict):
            raise Failure(f"The RPC at {self.name} answers {method} with what is no JSON-RPC answer (status {status}).")
        error = answer.get("error")
        if error is not None:
            message = error.get("message") if isinstance(error, dict) else error
            raise Refused(f"The RPC at {self.name} refuses {method}: {shown(message)}")
        if answer.get("id") != self._asked or "result" not in answer:
            raise Failure(f"The RPC at {self.name} answers {method} with an answer to something else.")
        return answer["result"]

    def _post(self, call: str) -> tuple[int, bytes]:
        # Twice, because the node may have closed a connection that was kept.
        for attempt in (1, 2):
            try:
                self._connection.request("POST", self._path, call, {"content-type": "application/json"})
                response = self._connection.getresponse()
                return response.status, self._read(response)
            except (OSError, http.client.HTTPException) as error:
                self._connection.close()
                if attempt == 2:
                    why = getattr(error, "strerror", None) or f"{type(error).__name__} {shown(str(error))}"
                    raise Failure(f"The RPC at {self.name} can't be reached: {why}.") from None
        raise AssertionError("The second attempt returns or raises.")

    def _read(self, response: http.client.HTTPResponse) -> bytes:
        body, until = bytearray(), time.monotonic() + self.SECONDS
        while piece := response.read1(2**20):
            body += piece
            if len(body) > self.MOST_BYTES or time.monotonic() > until:
                self._connection.close()
                most = f"{self.MOST_BYTES // 2**20} MiB or {self.SECONDS} seconds"
                raise Refused(f"The RPC at {self.name} answers with more than {most}.")
        return bytes(body)

    def block(self, number: int | None) -> tuple[int, bytes]:
        """Number and hash of a block; of the newest for None."""
        block = self.ask("eth_getBlockByNumber", "latest" if number is None else hex(number), False)
        if block is None and number is not None:
            raise Failure(f"The RPC at {self.name} has no block {number}.")
        told = quantity(field(block, "number", "The block"), "The block's number")
        if number is not None and told != number:
            raise Failure(f"The RPC at {self.name} was asked for block {number} and answers with block {told}.")
        return told, binary(field(block, "hash", "The block"), "The block's hash", 32)

    def view(self, block_hash: bytes, contract: bytes, function: str, count: int, *arguments: int) -> list[int]:
        """What a contract's view returns as of a block: `count` words, as numbers."""
        call = {"to": hexed(contract), "data": hexed(selector(function) + b"".join(map(word, arguments)))}
        what = f"What {function.split('(')[0]} of {checksum_address(contract)} returns"
        data = binary(self.ask("eth_call", call, {"blockHash": hexed(block_hash)}), what)
        if len(data) != 32 * count:
            raise Failure(f"{what} has {len(data)} bytes instead of {32 * count}: is it that contract, at this block?")
        return numbers(data, what)


def shown(value: Any) -> str:
    """What a stranger sent, short and harmless to a terminal."""
    try:
        text = json.dumps(value)
    except RecursionError:
        text = "nested without end"
    return text if len(text) <= 200 else text[:200] + "…"


def hexed(data: bytes) -> str:
    return "0x" + data.hex()


def field(value: Any, name: str, what: str) -> Any:
    if not isinstance(value, dict):
        raise Failure(f"{what} is {shown(value)}; it must be a JSON object.")
    return value.get(name)


def as_list(value: Any, what: str) -> list[Any]:
    if not isinstance(value, list):
        raise Failure(f"{what} are {shown(value)}; they must be a list.")
    return value


def quantity(value: Any, what: str) -> int:
    if not isinstance(value, str) or not re.fullmatch("0x[0-9a-fA-F]{1,16}", value):
        raise Failure(f"{what} is {shown(value)}; it must be a hex number.")
    return int(value, 16)


def binary(value: Any, what: str, size: int | None = None) -> bytes:
    if not isinstance(value, str) or not re.fullmatch("0x(?:[0-9a-fA-F]{2})*", value):
        raise Failure(f"{what} is {shown(value)}; it must be hex bytes.")
    if size is not None and len(value) != 2 + 2 * size:
        raise Failure(f"{what} is {shown(value)}; it must have {size} bytes.")
    return bytes.fromhex(value[2:])


def numbers(data: bytes, what: str) -> list[int]:
    if len(data) % 32 != 0:
        raise Failure(f"{what} has {len(data)} bytes; it must be words of 32.")
    return [int.from_bytes(data[at : at + 32], "big") for at in range(0, len(data), 32)]


def fits(value: int, bits: int, what: str) -> int:
    if value >> bits != 0:
        raise Failure(f"{what} is {value}; it must fit {bits} bits.")
    return value


def as_address(value: int, what: str) -> bytes:
    return fits(value, 160, what).to_bytes(20, "big")


# ---------------------------------------------------------------- reading the chain

AWARDED = keccak(b"PointsAwarded(uint256,address,bytes32,uint8,uint64,uint64)")
BURNED = keccak(b"PointsBurned(uint256,address,bytes32,uint8,uint64,uint64)")
FROZEN = keccak(b"SeasonFrozen(uint256,uint64,bytes32,uint32,uint64)")
POSTED = keccak(b"StandingsPosted(uint256,address,uint32,bytes32,address[])")
FINALISED = keccak(b"SeasonFinalised(uint256,address,uint32)")


class Site(NamedTuple):
    """Which contracts to look at; `standings` is None where none is named."""

    chain_id: int | None
    campaign: bytes
    standings: bytes | None
    start_block: int


class Events:
    """A season's events, in the order of the chain."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.frozen: list[list[int]] = []
        """seq, ledger hash, participants and total of each `SeasonFrozen`."""
        self.chunks: list[Chunk] = []
        self.finalised: list[tuple[bytes, int]] = []
        """Poster and participants of each `SeasonFinalised`."""

    def take(self, topics: list[bytes], data: bytes, where: str) -> None:
        words = numbers(data, f"The data of {where}")
        kind = topics[0]
        length = {AWARDED: 3, BURNED: 3, FROZEN: 4, FINALISED: 1, POSTED: max(4, len(words))}[kind]
        indexed = {AWARDED: 4, BURNED: 4, FROZEN: 2, FINALISED: 3, POSTED: 3}[kind]
        if len(words) != length or len(topics) != indexed:
            raise Failure(f"{where} has {len(topics)} topics and {len(words)} words; such an event has others.")
        if kind == FROZEN:
            self.frozen.append(words)
            return
        account = as_address(int.from_bytes(topics[2], "big"), f"The account of {where}")
        if kind in (AWARDED, BURNED):
            reason, amount, seq = (fits(*pair, f"A number of {where}") for pair in zip(words, (8, 64, 64)))
            self.entries.append(Entry(account, topics[3], reason, amount if kind == AWARDED else -amount, seq))
        elif kind == FINALISED:
            self.finalised.append((account, words[0]))
        else:
            first, root, offset, count, *accounts = words
            if offset != 96 or count != len(accounts):
                raise Failure(f"{where} says that it has {count} accounts at byte {offset}; it has {len(accounts)}.")
            posted = [as_address(one, f"An account of {where}") for one in accounts]
            self.chunks.append(Chunk(account, fits(first, 32, f"The place of {where}"), word(root), posted))


def read_events(rpc: Rpc, site: Site, season: int, last_block: int) -> Events:
    """Reads a season's events in ranges of 2,000 blocks, halved whenever the node refuses one."""
    kinds = {site.campaign: (AWARDED, BURNED)}
    if site.standings is not None:
        kinds[site.standings] = (FROZEN, POSTED, FINALISED)
    topics = [[hexed(kind) for group in kinds.values() for kind in group], [hexed(word(season))]]
    addresses = [hexed(address) for address in kinds]
    events, size, start, before = Events(), 2000, site.start_block, (-1, -1)
    while start <= last_block:
        end = min(start + size - 1, last_block)
        asked = {"address": addresses, "topics": topics, "fromBlock": hex(start), "toBlock": hex(end)}
        try:
            logs = as_list(rpc.ask("eth_getLogs", asked), f"The logs of blocks {start} to {end}")
        except Refused:
            if size == 1:
                raise
            size = max(1, (end - start + 1) // 2)
            continue
        for log in logs:
            number = quantity(field(log, "blockNumber", "A log"), "A log's block")
            index = quantity(log.get("logIndex"), "A log's index")
            at, where = (number, index), f"log {index} of block {number}"
            listed = as_list(log.get("topics"), f"The topics of {where}")
            told = [binary(topic, f"A topic of {where}", 32) for topic in listed]
            address = binary(log.get("address"), f"The address of {where}", 20)
            if not start <= number <= end:
                raise Failure(f"The RPC was asked for the logs of blocks {start} to {end} and answers with {where}.")
            if at <= before:
                last = f"log {before[1]} of block {before[0]}"
                raise Failure(f"The RPC answers with {where} after {last}: doubled or out of order.")
            if log.get("removed") not in (None, False):
                raise Failure(f"The RPC answers with {where}, of which it says that it was removed.")
            if len(told) < 2 or told[0] not in kinds.get(address, ()) or told[1] != word(season):
                raise Failure(f"The RPC answers with {where}, which is of another contract, event or season.")
            events.take(told, binary(log.get("data"), f"The data of {where}"), where)
            before = at
        start = end + 1
    return events


class End(NamedTuple):
    """What `Standings.endOf` returns."""

    participants: int
    poster: int
    finalised_at: int
    frozen: int
    total: int
    epoch: int

    def poster_address(self) -> bytes:
        return as_address(self.poster, "The final poster")


class Reading(NamedTuple):
    """What an RPC said of a season as of one block."""

    chain_id: int
    block: int
    block_hash: bytes
    head: list[int]
    """What `Campaign.ledgerOf` returns: seq, participants, total and ledger hash."""
    end: End
    """All zero where no Standings is named."""
    events: Events
    roots: dict[int, bytes]
    """Those that Standings keeps, by the first places of the final draft's chunks."""


def read_season(rpc: Rpc, site: Site, season: int, at_block: int | None) -> Reading:
    """Reads a season as of a block, the newest for None; begins anew where a reorganisation removes that block."""
    chain_id = quantity(rpc.ask("eth_chainId"), "The chain's id")
    if site.chain_id not in (None, chain_id):
        raise Failure(f"The RPC at {rpc.name} serves chain {chain_id}; the deployment is on chain {site.chain_id}.")
    for _ in range(5):
        block, block_hash = rpc.block(at_block)
        if block < site.start_block:
            raise Failure(f"Block {block} is before the deployment's first block, {site.start_block}.")
        try:
            head, end = read_state(rpc, site, season, block_hash)
            events = read_events(rpc, site, season, block)
            roots = read_roots(rpc, site, season, block_hash, end, events)
        except Failure:
            if stands(rpc, block, block_hash):
                raise
            continue
        if stands(rpc, block, block_hash):
            return Reading(chain_id, block, block_hash, head, end, events, roots)
    raise Failure(f"Blocks of the RPC at {rpc.name} change faster than they can be read.")


def stands(rpc: Rpc, block: int, block_hash: bytes) -> bool:
    """Whether the RPC still has that block at that height."""
    try:
        return rpc.block(block)[1] == block_hash
    except Failure:
        return False


def read_state(rpc: Rpc, site: Site, season: int, block_hash: bytes) -> tuple[list[int], End]:
    """The ledger's head and the season's end, as the contracts keep them."""
    [seasons] = rpc.view(block_hash, site.campaign, "seasonCount()", 1)
    if season > seasons:
        raise Failure(f"There is no season {season}: the campaign has {seasons} at this block.")
    head = rpc.view(block_hash, site.campaign, "ledgerOf(uint256)", 4, season)
    end = [0] * 6 if site.standings is None else rpc.view(block_hash, site.standings, "endOf(uint256)", 6, season)
    return head, End(*end)


def read_roots(rpc: Rpc, site: Site, season: int, block_hash: bytes, end: End, events: Events) -> dict[int, bytes]:
    if not end.finalised_at or site.standings is None:
        return {}
    _, draft = last_draft(events.chunks, end.poster_address())
    function = "finalRootOf(uint256,uint32)"
    return {
        chunk.first: word(*rpc.view(block_hash, site.standings, function, 1, season, chunk.first)) for chunk in draft
    }


# ---------------------------------------------------------------- the audit


class Audit(NamedTuple):
    season: int
    site: Site
    reading: Reading
    ledger: Ledger
    standings: list[Standing]
    chunks: list[Chunk]
    """Of the final draft."""
    differences: list[str]
    seconds: float
    """What folding the entries took."""


def audit(season: int, site: Site, reading: Reading) -> Audit:
    """Recomputes a season from its events, and holds that against what the contracts keep and say."""
    ledger, differences, began = Ledger(season), [], time.perf_counter()
    try:
        for entry in reading.events.entries:
            ledger.fold(entry)
    except Difference as difference:
        differences.append(str(difference))
    seconds = time.perf_counter() - began
    standings = ledger.standings()
    differences += unlike("the campaign keeps", ledger, reading.head)
    differences += compare_frozen(ledger, reading)
    epoch, chunks = 0, []
    if reading.end.finalised_at:
        epoch, chunks = last_draft(reading.events.chunks, reading.end.poster_address())
    differences += compare_final(epoch, chunks, standings, reading)
    return Audit(season, site, reading, ledger, standings, chunks, differences, seconds)


def unlike(who: str, ledger: Ledger, head: list[int]) -> list[str]:
    """What differs between the own ledger and a head that others give: seq, participants, total, ledger hash."""
    seq, participants, total, ledger_hash = head
    compared = [
        ("Entries", ledger.seq, seq),
        ("Participants", len(ledger.accounts), participants),
        ("Points together", ledger.total, total),
        ("Ledger hash", hexed(ledger.hash), hexed(word(ledger_hash))),
    ]
    return [f"{name}: the events give {own}, {who} {other}." for name, own, other in compared if own != other]


def compare_frozen(ledger: Ledger, reading: Reading) -> list[str]:
    """What differs about the freeze: its event holds a whole head, Standings keeps two numbers of it."""
    heads = [[seq, participants, total, head] for seq, head, participants, total in reading.events.frozen]
    if len(heads) != int(bool(reading.end.frozen)):
        state = "frozen" if reading.end.frozen else "not frozen"
        return [f"To Standings the season is {state}; SeasonFrozen was emitted {len(heads)} times."]
    differences = [difference for head in heads for difference in unlike("SeasonFrozen says", ledger, head)]
    kept = reading.end.participants, reading.end.total
    if heads and kept != (len(ledger.accounts), ledger.total):
        text = f"{kept[0]} participants with {kept[1]} points together"
        differences.append(f"Standings keeps {text}; the events give {len(ledger.accounts)} with {ledger.total}.")
    return differences


def compare_final(epoch: int, chunks: list[Chunk], standings: list[Standing], reading: Reading) -> list[str]:
    """What differs about the final order, of which `chunks` are the final draft's."""
    end = reading.end
    expected = [(end.poster_address(), len(standings))] if end.finalised_at else []
    if reading.events.finalised != expected:
        said = ", ".join(f"{n} accounts by {checksum_address(poster)}" for poster, n in reading.events.finalised)
        due = ", ".join(f"{n} accounts by {checksum_address(poster)}" for poster, n in expected)
        return [f"By events the final order is of {said or 'nobody'}; by Standings it must be of {due or 'nobody'}."]
    if not end.finalised_at:
        return []
    differences = compare_chunks(chunks, standings, reading.roots)
    if epoch != end.epoch:
        differences.append(f"The final draft has the epoch {end.epoch}; by its poster's events it is {epoch}.")
    return differences


def compare_chunks(chunks: list[Chunk], standings: list[Standing], roots: dict[int, bytes]) -> list[str]:
    """What differs between the final draft and the own order, from the first chunk that is wrong on."""
    place = 1
    for chunk in chunks:
        name = f"The chunk at place {chunk.first}"
        if chunk.first != place:
            return [f"{name} follows place {place - 1}: one between them is missing, or this one is doubled."]
        own = standings[place - 1 : place - 1 + len(chunk.accounts)]
        for posted, standing in zip(chunk.accounts, own):
            if posted != standing.account:
                posted, due = checksum_addresses([posted, standing.account])
                return [f"{name} has {posted} at place {standing.place}; the ledger gives {due}."]
        if len(own) != len(chunk.accounts) or not own:
            return [f"{name} has {len(chunk.accounts)} accounts; the ledger gives {len(own)}."]
        root = tree_root([standing_bytes(standing) for standing in own])
        for who, other in (("StandingsPosted", chunk.root), ("Standings", roots.get(chunk.first))):
            if other != root:
                return [f"{name} has the root {hexed(root)}; {who} has {hexed(other or b'')}."]
        place += len(own)
    if place - 1 == len(standings):
        return []
    return [f"The final order has {place - 1} accounts; the ledger gives {len(standings)}."]


NOT_CHECKED = [
    "Whether the RPC tells the truth: all was read from it alone. Ask another one too.",
    "Whether each entry follows from the season's rules, and each answer from its model: `proofboard audit` does that.",
]


def not_checked(result: Audit) -> list[str]:
    if result.site.standings is not None:
        return NOT_CHECKED
    return [*NOT_CHECKED, "Whether the season is frozen, and its final order: no Standings contract was named."]


def as_json(result: Audit) -> dict[str, Any]:
    """Points, seq and season as decimal strings, which may exceed 2^53; places, ranks and counts as numbers."""
    ledger, end = result.ledger, result.reading.end
    accounts = checksum_addresses([standing.account for standing in result.standings])
    final = {"poster": checksum_address(end.poster_address()), "participants": end.participants}
    return {
        "chainId": result.reading.chain_id,
        "campaign": checksum_address(result.site.campaign),
        "standingsContract": result.site.standings and checksum_address(result.site.standings),
        "seasonId": str(result.season),
        "blockNumber": result.reading.block,
        "blockHash": hexed(result.reading.block_hash),
        "seq": str(ledger.seq),
        "ledgerHash": hexed(ledger.hash),
        "participants": len(result.standings),
        "totalPoints": str(ledger.total),
        "standings": [
            {"place": s.place, "rank": s.rank, "account": account, "points": str(s.points), "lastSeq": str(s.last_seq)}
            for s, account in zip(result.standings, accounts)
        ],
        "frozen": bool(end.frozen),
        "final": final if end.finalised_at else None,
        "chunks": [{"first": c.first, "count": len(c.accounts), "root": hexed(c.root)} for c in result.chunks],
        "notChecked": not_checked(result),
        "differences": result.differences,
        "match": not result.differences,
    }


def as_report(result: Audit, rpc: Rpc) -> str:
    """The same for people."""
    ledger, standings, reading, shown_rows = result.ledger, result.standings, result.reading, 20
    speed = f", {ledger.seq / result.seconds:,.0f} a second" if ledger.seq else ""
    lines = [
        f"Season {result.season} of Campaign {checksum_address(result.site.campaign)}, chain {reading.chain_id}",
        f"from {rpc.name} as of block {reading.block} ({hexed(reading.block_hash)})",
        "",
        f"Entries       {ledger.seq:,}{speed}",
        f"Ledger hash   {hexed(ledger.hash)}",
        f"Participants  {len(standings):,} with {ledger.total:,} points together",
        f"End           {end_sentence(result)}",
        "",
        f"{'place':>7} {'rank':>7}  {'account':42} {'points':>12} {'last entry':>12}",
    ]
    accounts = checksum_addresses([standing.account for standing in standings[:shown_rows]])
    for s, account in zip(standings, accounts):
        lines.append(f"{s.place:>7} {s.rank:>7}  {account} {s.points:>12} {s.last_seq:>12}")
    if len(standings) > shown_rows:
        lines.append(f"and {len(standings) - shown_rows:,} more; --json lists them all")
    lines += ["", "Not checked:", *(f"  {sentence}" for sentence in not_checked(result)), ""]
    if not result.differences:
        return "\n".join([*lines, "Events and contracts agree."])
    count = len(result.differences)
    lines.append(f"{count} difference{'s' if count > 1 else ''}; the first is:")
    return "\n".join([*lines, *(f"  {i}. {sentence}" for i, sentence in enumerate(result.differences, 1))])


def end_sentence(result: Audit) -> str:
    end = result.reading.end
    if end.finalised_at:
        return f"final: {checksum_address(end.poster_address())} posted the order in {len(result.chunks)} chunks"
    if end.frozen:
        return "frozen, not final yet"
    return "not frozen" if result.site.standings is not None else "not looked at: no Standings contract was named"


# ---------------------------------------------------------------- the command


def parse_address(value: Any, what: str) -> bytes:
    if not isinstance(value, str) or not re.fullmatch("0x[0-9a-fA-F]{40}", value):
        raise Failure(f"{what} is {shown(value)}; it must be an address.")
    account = bytes.fromhex(value[2:])
    if value[2:] not in (value[2:].lower(), value[2:].upper()) and value != checksum_address(account):
        raise Failure(f"{what} is {value}, whose checksum is wrong.")
    return account


def parse_deployment(file: str) -> Site:
    """What `deployments/<chainId>.json` says; a deployment without Standings is an older one."""
    try:
        with open(file, encoding="utf8") as opened:
            deployment = json.load(opened)
    except OSError as error:
        raise Failure(f"{file} can't be read: {error.strerror}.") from None
    except (ValueError, RecursionError):
        raise Failure(f"{file} is not JSON.") from None
    chain_id, start_block = field(deployment, "chainId", "The deployment"), deployment.get("startBlock")
    for name, number in (("chainId", chain_id), ("startBlock", start_block)):
        if type(number) is not int or number < 0:
            raise Failure(f"The deployment's {name} is {shown(number)}; it must be a whole number.")
    contracts = deployment.get("contracts")

    def address_of(name: str) -> bytes:
        contract = field(contracts, name, "The deployment's contracts")
        return parse_address(field(contract, "address", f"The deployment's {name}"), f"The deployment's {name}")

    campaign = address_of("Campaign")
    return Site(chain_id, campaign, address_of("Standings") if "Standings" in contracts else None, start_block)


def whole(least: int):
    def parse(text: str) -> int:
        if not re.fullmatch("[0-9]{1,18}", text) or int(text) < least:
            raise argparse.ArgumentTypeError(f"{shown(text)} is not a whole number from {least} on")
        return int(text)

    return parse


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Recomputes a season from an RPC and compares it with the contracts.")
    parser.add_argument("--rpc", required=True, metavar="URL", help="JSON-RPC endpoint to read from")
    parser.add_argument("--season", required=True, type=whole(1), metavar="N")
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--deployment", metavar="FILE", help="deployments/<chainId>.json")
    where.add_argument("--campaign", metavar="ADDRESS", help="without a deployment; needs --start-block")
    parser.add_argument("--standings", metavar="ADDRESS", help="beside --campaign: looks at the season's end too")
    parser.add_argument("--start-block", type=whole(0), metavar="B", help="beside --campaign: the first block to read")
    parser.add_argument("--block", type=whole(0), metavar="N", help="as of this block instead of the newest")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    options = parser.parse_args()
    if options.deployment is not None and (options.standings is not None or options.start_block is not None):
        parser.error("--standings and --start-block go with --campaign; a deployment says both itself")
    if options.campaign is not None and options.start_block is None:
        parser.error("--campaign needs --start-block, the first block that can hold an event")
    return options


def site_of(options: argparse.Namespace) -> Site:
    if options.deployment is not None:
        return parse_deployment(options.deployment)
    standings = None if options.standings is None else parse_address(options.standings, "--standings")
    return Site(None, parse_address(options.campaign, "--campaign"), standings, options.start_block)


def main() -> int:
    options = parse_arguments()
    try:
        rpc, site = Rpc(options.rpc), site_of(options)
        result = audit(options.season, site, read_season(rpc, site, options.season, options.block))
    except Failure as failure:
        if options.json:
            print(json.dumps({"error": str(failure)}))
        else:
            print(failure, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    print(json.dumps(as_json(result), indent=2) if options.json else as_report(result, rpc))
    return 1 if result.differences else 0


if __name__ == "__main__":
    sys.exit(main())
