// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {ICampaign, Season} from "./interfaces/ICampaign.sol";
import {ChunkProof, FinalStanding, IStandings, SeasonEnd, StandingsDraft} from "./interfaces/IStandings.sol";
import {OrderedTree} from "./libraries/OrderedTree.sol";
import {StandingLeaf} from "./libraries/StandingLeaf.sol";

/// @title Standings
/// @notice See `IStandings`.
contract Standings is IStandings {
    /// @dev A season's end. Proofs of standings read its first slot alone.
    struct End {
        uint32 participants;
        address poster;
        uint40 finalisedAt;
        uint24 epoch;
        uint64 totalPoints;
        bool frozen;
    }

    /// @inheritdoc IStandings
    ICampaign public immutable campaign;

    mapping(uint256 seasonId => End) private _ends;
    mapping(uint256 seasonId => mapping(address poster => StandingsDraft)) private _drafts;
    mapping(uint256 seasonId => mapping(address poster => mapping(uint24 epoch => mapping(uint256 first => bytes32))))
        private _roots;

    /// @notice Starts without frozen seasons.
    /// @param campaign_ The campaign whose seasons end here.
    constructor(ICampaign campaign_) {
        campaign = campaign_;
    }

    /* THE END OF A SEASON */

    /// @inheritdoc IStandings
    function freeze(uint256 seasonId) external {
        Season memory season = campaign.seasonOf(seasonId);
        require(season.seedBlock != 0, ICampaign.SeasonNotOpen(seasonId));
        require(block.timestamp >= season.closesAt, SeasonNotClosed(seasonId, season.closesAt));
        End storage end = _ends[seasonId];
        require(!end.frozen, AlreadyFrozen(seasonId));

        (uint64 seq, uint32 participants, uint64 totalPoints, bytes32 ledgerHash) = campaign.ledgerOf(seasonId);
        end.frozen = true;
        end.participants = participants;
        end.totalPoints = totalPoints;

        emit SeasonFrozen(seasonId, seq, ledgerHash, participants, totalPoints);

        if (participants == 0) _finalise(seasonId, end, 0);
    }

    /// @inheritdoc IStandings
    function post(uint256 seasonId, uint32 first, address[] calldata accounts) external {
        End storage end = _ends[seasonId];
        require(end.frozen, NotFrozen(seasonId));
        require(end.finalisedAt == 0, AlreadyFinal(seasonId));
        require(accounts.length != 0, EmptyChunk());
        StandingsDraft memory draft = _drafts[seasonId][msg.sender];
        if (first == 1) {
            // The first account stands after any that could be: points are less than 2^63.
            draft = StandingsDraft(draft.epoch + 1, 0, 0, type(uint64).max, 0);
        }
        require(first == draft.count + 1, WrongPlace(first, draft.count + 1));

        bytes32 root = OrderedTree.root(_append(seasonId, draft, accounts));
        _drafts[seasonId][msg.sender] = draft;
        _roots[seasonId][msg.sender][draft.epoch][first] = root;

        _emitPosted(seasonId, first, root, accounts);

        if (draft.count == end.participants) _finalise(seasonId, end, draft.epoch);
    }

    /* VIEWS */

    /// @inheritdoc IStandings
    function endOf(uint256 seasonId) external view returns (SeasonEnd memory) {
        End memory end = _ends[seasonId];
        return SeasonEnd(end.participants, end.poster, end.finalisedAt, end.frozen, end.totalPoints, end.epoch);
    }

    /// @inheritdoc IStandings
    function draftOf(uint256 seasonId, address poster) external view returns (StandingsDraft memory) {
        return _drafts[seasonId][poster];
    }

    /// @inheritdoc IStandings
    function isFinal(
        uint256 seasonId,
        FinalStanding calldata standing,
        ChunkProof calldata proof
    ) external view returns (bool) {
        if (standing.place <= proof.index) return false;
        return StandingLeaf.verify(finalRootOf(seasonId, standing.place - proof.index), standing, proof);
    }

    /// @inheritdoc IStandings
    function finalRootOf(uint256 seasonId, uint32 first) public view returns (bytes32 root) {
        (root, , ) = finalChunkOf(seasonId, first);
    }

    /// @inheritdoc IStandings
    function finalChunkOf(
        uint256 seasonId,
        uint32 first
    ) public view returns (bytes32 root, uint40 finalisedAt, uint32 participants) {
        End storage end = _ends[seasonId];
        if (end.finalisedAt != 0) root = _roots[seasonId][end.poster][end.epoch][first];
        return (root, end.finalisedAt, end.participants);
    }

    /* DRAFTS */

    /// @dev Adds the accounts to the draft in memory. Returns the leaves of their chunk.
    function _append(
        uint256 seasonId,
        StandingsDraft memory draft,
        address[] calldata accounts
    ) private view returns (bytes32[] memory leaves) {
        // Each entry is overwritten by its leaf.
        leaves = _entriesOf(seasonId, accounts);
        uint256 place = draft.count;
        uint256 rank = draft.rank;
        // Of two accounts the one with the greater key stands first.
        uint256 last = _keyOf((uint256(draft.points) << 64) | draft.lastSeq);
        for (uint256 i = 0; i < accounts.length;) {
            uint256 slot;
            uint256 entry;
            address account;
            assembly ("memory-safe") {
                slot := add(leaves, shl(5, add(i, 1)))
                entry := mload(slot)
                account := calldataload(add(accounts.offset, shl(5, i)))
            }
            uint256 key = _keyOf(entry);
            unchecked {
                ++place;
            }
            require(entry != 0, NoEntry(seasonId, account));
            require(key < last, OutOfOrder(seasonId, account, place));
            if (key >> 64 != last >> 64) rank = place;
            last = key;
            bytes32 leaf = StandingLeaf.hash(i, place, rank, account, entry);
            assembly ("memory-safe") {
                mstore(slot, leaf)
            }
            unchecked {
                ++i;
            }
        }
        draft.count = uint32(place);
        draft.rank = uint32(rank);
        draft.points = uint64(last >> 64);
        draft.lastSeq = uint64(~last);
    }

    /// @dev `campaign.entriesOf`, without copying words one by one. Campaign refuses what isn't an address.
    function _entriesOf(uint256 seasonId, address[] calldata accounts) private view returns (bytes32[] memory entries) {
        address target = address(campaign);
        bytes4 selector = ICampaign.entriesOf.selector;
        assembly ("memory-safe") {
            // The answer overwrites the call: an offset, then the array.
            let buffer := mload(0x40)
            let size := shl(5, accounts.length)
            mstore(buffer, selector)
            mstore(add(buffer, 0x04), seasonId)
            mstore(add(buffer, 0x24), 0x40)
            mstore(add(buffer, 0x44), accounts.length)
            calldatacopy(add(buffer, 0x64), accounts.offset, size)
            if iszero(staticcall(gas(), target, buffer, add(size, 0x64), buffer, add(size, 0x40))) {
                returndatacopy(buffer, 0, returndatasize())
                revert(buffer, returndatasize())
            }
            entries := add(buffer, 0x20)
            mstore(0x40, add(buffer, add(size, 0x80)))
        }
    }

    /// @dev Emits `StandingsPosted`, without copying words one by one.
    function _emitPosted(uint256 seasonId, uint32 first, bytes32 root, address[] calldata accounts) private {
        bytes32 selector = StandingsPosted.selector;
        assembly ("memory-safe") {
            let data := mload(0x40)
            let size := shl(5, accounts.length)
            mstore(data, first)
            mstore(add(data, 0x20), root)
            mstore(add(data, 0x40), 0x60)
            mstore(add(data, 0x60), accounts.length)
            calldatacopy(add(data, 0x80), accounts.offset, size)
            log3(data, add(size, 0x80), selector, seasonId, caller())
        }
    }

    function _finalise(uint256 seasonId, End storage end, uint24 epoch) private {
        end.poster = msg.sender;
        end.epoch = epoch;
        end.finalisedAt = uint40(block.timestamp);

        emit SeasonFinalised(seasonId, msg.sender, end.participants);
    }

    /// @dev Points, then `lastSeq` inverted: more points, or as many and a lower `lastSeq`, make a greater key.
    function _keyOf(uint256 entry) private pure returns (uint256) {
        return entry ^ type(uint64).max;
    }
}
