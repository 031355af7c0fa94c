// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ICampaign} from "../interfaces/ICampaign.sol";
import {Commitments} from "./Commitments.sol";

/// @title A season's points
/// @notice Every change of an account's points is one entry of the ledger: numbered from 1 and hashed to the one before.
/// A debt is taken from the account's points, then from what it earns later: it never has points while it owes.
/// No sum here overflows. A campaign lets an account earn at most 2^31 - 1 points in a season, so 2^32 - 1 accounts have less
/// than 2^63 together. To give so many an entry costs over 10^14 gas; then newcomers would be refused, and nobody else.
library PointsLedger {
    /// @notice An account's standing in a season: one slot.
    /// @param points What it has.
    /// @param lastSeq Number of its last entry; zero if it has none.
    /// @param owed What it still has to pay.
    /// @param verifierPoints What it earned as a verifier.
    struct Standing {
        uint64 points;
        uint64 lastSeq;
        uint64 owed;
        uint64 verifierPoints;
    }

    /// @notice The head of a ledger; all but the hash in one slot.
    /// @param seq Number of the last entry.
    /// @param participants Accounts that have an entry.
    /// @param totalPoints What all accounts have together.
    /// @param ledgerHash Hash of the last entry, see `Commitments.ledger`.
    struct Head {
        uint64 seq;
        uint32 participants;
        uint64 totalPoints;
        bytes32 ledgerHash;
    }

    /// @notice A season's ledger.
    /// @param head Its last entry.
    /// @param standings What it says of each account.
    struct Ledger {
        Head head;
        mapping(address account => Standing) standings;
    }

    /// @notice What an attestation changes: loaded once, stored once.
    /// @param seasonId The ledger's season.
    /// @param account Whose points change.
    /// @param subject The attestation's name.
    /// @param standing The account's standing.
    /// @param head The ledger's head.
    struct Page {
        uint256 seasonId;
        address account;
        bytes32 subject;
        Standing standing;
        Head head;
    }

    /// @notice The most points that an account may owe.
    uint256 internal constant MAX_OWED = type(uint64).max >> 1;

    /// @notice Reason of an entry: a prover's verified units.
    uint8 internal constant PROVER = 1;
    /// @notice Reason of an entry: a verifier's share.
    uint8 internal constant VERIFIER = 2;
    /// @notice Reason of an entry: a refuted attestation's penalty.
    uint8 internal constant PENALTY = 5;

    /// @notice Credits an account in full, then takes what it owes.
    /// @param ledger The season's ledger.
    /// @param seasonId The season.
    /// @param account The account.
    /// @param subject Name of the attestation that earns the points.
    /// @param reason `PROVER` or `VERIFIER`.
    /// @param amount Points, at least 1; all of an account's together, at most 2^31 - 1.
    function credit(
        Ledger storage ledger,
        uint256 seasonId,
        address account,
        bytes32 subject,
        uint8 reason,
        uint64 amount
    ) internal {
        Page memory page = Page(seasonId, account, subject, ledger.standings[account], ledger.head);
        page.standing.points += amount;
        page.head.totalPoints += amount;
        if (reason == VERIFIER) page.standing.verifierPoints += amount;

        uint64 seq = _write(page, reason, int256(uint256(amount)));

        emit ICampaign.PointsAwarded(seasonId, account, subject, reason, amount, seq);

        _collect(page, amount);
        _store(ledger, page);
    }

    /// @notice Adds a penalty to an account's debt, and takes the debt from the account's points.
    /// @param ledger The season's ledger.
    /// @param seasonId The season.
    /// @param account The account.
    /// @param subject Name of the refuted attestation.
    /// @param penalty Points; what an account owes stays within `MAX_OWED`.
    function penalise(
        Ledger storage ledger,
        uint256 seasonId,
        address account,
        bytes32 subject,
        uint256 penalty
    ) internal {
        Page memory page = Page(seasonId, account, subject, ledger.standings[account], ledger.head);
        uint256 owed = page.standing.owed + penalty;
        page.standing.owed = uint64(owed < MAX_OWED ? owed : MAX_OWED);

        _collect(page, page.standing.points);
        _store(ledger, page);
    }

    /// @notice What an account has, in one word.
    /// @param ledger The season's ledger.
    /// @param account The account.
    /// @return entry u64 points ‖ u64 lastSeq, in the lower half.
    function entryOf(Ledger storage ledger, address account) internal view returns (uint256 entry) {
        Standing storage standing = ledger.standings[account];
        return (uint256(standing.points) << 64) | standing.lastSeq;
    }

    /// @dev Burns what the account owes, `most` at the most.
    function _collect(Page memory page, uint64 most) private {
        uint64 amount = page.standing.owed < most ? page.standing.owed : most;
        if (amount == 0) return;
        page.standing.owed -= amount;
        page.standing.points -= amount;
        page.head.totalPoints -= amount;

        uint64 seq = _write(page, PENALTY, -int256(uint256(amount)));

        emit ICampaign.PointsBurned(page.seasonId, page.account, page.subject, PENALTY, amount, seq);
    }

    function _store(Ledger storage ledger, Page memory page) private {
        ledger.standings[page.account] = page.standing;
        ledger.head = page.head;
    }

    /// @dev Appends an entry.
    function _write(Page memory page, uint8 reason, int256 delta) private pure returns (uint64 seq) {
        Head memory head = page.head;
        if (page.standing.lastSeq == 0) ++head.participants;
        seq = ++head.seq;
        page.standing.lastSeq = seq;
        head.ledgerHash = Commitments.ledger(
            head.ledgerHash,
            page.seasonId,
            page.account,
            page.subject,
            reason,
            delta,
            seq
        );
    }
}
