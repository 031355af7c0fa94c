// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {ICampaign} from "./ICampaign.sol";

/// @notice How far a season's end has come.
/// @param participants Accounts that have an entry, once the season is frozen.
/// @param poster Whose draft is final; zero before.
/// @param finalisedAt When it became final, unix seconds; zero before.
/// @param frozen Whether the season is frozen.
/// @param totalPoints What all participants have together, once the season is frozen.
/// @param epoch Epoch of the final draft; zero before.
struct SeasonEnd {
    uint32 participants;
    address poster;
    uint40 finalisedAt;
    bool frozen;
    uint64 totalPoints;
    uint24 epoch;
}

/// @notice A poster's draft of a season's order.
/// @param epoch How often the poster began anew, at most 2^24 - 1 times: roots of earlier tries are not this draft's.
/// @param count Accounts in it.
/// @param rank Rank of the last one.
/// @param points Points of the last one.
/// @param lastSeq `lastSeq` of the last one.
struct StandingsDraft {
    uint24 epoch;
    uint32 count;
    uint32 rank;
    uint64 points;
    uint64 lastSeq;
}

/// @notice An account's final standing: a leaf of its chunk's tree, see `StandingLeaf`.
/// @param place Its number in the list, from 1.
/// @param rank Place of the first account with the same points.
/// @param account The account.
/// @param points What it has.
/// @param lastSeq Number of its last ledger entry.
struct FinalStanding {
    uint32 place;
    uint32 rank;
    address account;
    uint64 points;
    uint64 lastSeq;
}

/// @notice What proves that a standing is in its chunk.
/// @param index Position in the chunk, from 0.
/// @param count Number of the chunk's accounts.
/// @param siblings Proof of the chunk's ordered tree, from below.
struct ChunkProof {
    uint32 index;
    uint32 count;
    bytes32[] siblings;
}

/// @title Final standings
/// @notice After a season closed, anyone freezes it, and anyone posts its accounts in final order, in chunks, into a draft
/// of their own. Each account is checked against Campaign's entry. The first draft that holds all participants is final for
/// ever. `docs/standings.md` argues why no other order can be.
interface IStandings {
    /* EVENTS */

    /// @notice A season was frozen: no entry can be written any more.
    /// @param seasonId The season.
    /// @param seq Number of its ledger's last entry.
    /// @param ledgerHash Hash of the last entry.
    /// @param participants Accounts that have an entry.
    /// @param totalPoints What all accounts have together.
    event SeasonFrozen(
        uint256 indexed seasonId,
        uint64 seq,
        bytes32 ledgerHash,
        uint32 participants,
        uint64 totalPoints
    );
    /// @notice A chunk was added to a draft.
    /// @param seasonId The season.
    /// @param poster Whose draft.
    /// @param firstRank Place of the chunk's first account, which is its rank unless points are equal; at 1 the draft began
    /// anew.
    /// @param chunkRoot Root of the chunk's ordered tree.
    /// @param accounts The chunk's accounts, in order.
    event StandingsPosted(
        uint256 indexed seasonId,
        address indexed poster,
        uint32 firstRank,
        bytes32 chunkRoot,
        address[] accounts
    );
    /// @notice A draft holds all participants: its order is final.
    /// @param seasonId The season.
    /// @param poster Whose draft; without participants, who froze the season.
    /// @param participants Accounts in it.
    event SeasonFinalised(uint256 indexed seasonId, address indexed poster, uint32 participants);

    /* ERRORS */

    /// @notice Thrown when a season is frozen before it closed.
    /// @param seasonId The season.
    /// @param closesAt When it closes, unix seconds.
    error SeasonNotClosed(uint256 seasonId, uint64 closesAt);
    /// @notice Thrown when a season is frozen already.
    /// @param seasonId The season.
    error AlreadyFrozen(uint256 seasonId);
    /// @notice Thrown when a chunk is posted before the season is frozen.
    /// @param seasonId The season.
    error NotFrozen(uint256 seasonId);
    /// @notice Thrown when a chunk is posted after the order became final.
    /// @param seasonId The season.
    error AlreadyFinal(uint256 seasonId);
    /// @notice Thrown when a chunk has no accounts.
    error EmptyChunk();
    /// @notice Thrown unless a chunk continues the sender's draft, or begins it anew at place 1.
    /// @param given Place of its first account, as the sender has it.
    /// @param next The draft's next place.
    error WrongPlace(uint32 given, uint32 next);
    /// @notice Thrown when an account has no entry in the season's ledger.
    /// @param seasonId The season.
    /// @param account The account.
    error NoEntry(uint256 seasonId, address account);
    /// @notice Thrown when an account doesn't stand strictly after the one before it.
    /// @param seasonId The season.
    /// @param account The account.
    /// @param place Its place in the draft.
    error OutOfOrder(uint256 seasonId, address account, uint256 place);
    /// @notice Thrown when a standing is not proved to be in the final order.
    /// @param seasonId The season.
    /// @param place Its place, as given.
    error NotAStanding(uint256 seasonId, uint32 place);

    /* THE END OF A SEASON */

    /// @notice Freezes a season that closed; anyone. A season without participants is final at once.
    /// @param seasonId The season.
    function freeze(uint256 seasonId) external;

    /// @notice Adds a chunk to the sender's draft, or begins the draft anew with it; anyone.
    /// @param seasonId The season.
    /// @param first Place of the chunk's first account: the draft's next, or 1 to begin anew.
    /// @param accounts The accounts in final order, at least one.
    function post(uint256 seasonId, uint32 first, address[] calldata accounts) external;

    /* VIEWS */

    /// @notice The campaign whose seasons end here.
    /// @return The campaign.
    function campaign() external view returns (ICampaign);

    /// @notice How far a season's end has come.
    /// @param seasonId The season.
    /// @return Its state; all zero before the season is frozen.
    function endOf(uint256 seasonId) external view returns (SeasonEnd memory);

    /// @notice A poster's draft.
    /// @param seasonId The season.
    /// @param poster The poster.
    /// @return Its state; all zero before the first chunk.
    function draftOf(uint256 seasonId, address poster) external view returns (StandingsDraft memory);

    /// @notice Whether a standing is proved to be in a season's final order.
    /// @param seasonId The season.
    /// @param standing The standing.
    /// @param proof What proves it.
    /// @return False also while the order isn't final.
    function isFinal(
        uint256 seasonId,
        FinalStanding calldata standing,
        ChunkProof calldata proof
    ) external view returns (bool);

    /// @notice Root of a chunk of a season's final order.
    /// @param seasonId The season.
    /// @param first Place of the chunk's first account.
    /// @return The root; zero while the order isn't final, and where no chunk begins.
    function finalRootOf(uint256 seasonId, uint32 first) external view returns (bytes32);

    /// @notice The same, with what a claim has to know beside it.
    /// @param seasonId The season.
    /// @param first Place of the chunk's first account.
    /// @return root The root, as of `finalRootOf`.
    /// @return finalisedAt When the order became final, unix seconds; zero before.
    /// @return participants Accounts that have an entry, once the season is frozen.
    function finalChunkOf(
        uint256 seasonId,
        uint32 first
    ) external view returns (bytes32 root, uint40 finalisedAt, uint32 participants);
}
