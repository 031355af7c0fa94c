// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Standings} from "../../../contracts/Standings.sol";
import {AssignedInput, ICampaign, TaskRules} from "../../../contracts/interfaces/ICampaign.sol";
import {Attestation, Status} from "../../../contracts/interfaces/IAttestationRegistry.sol";
import {ChunkProof, FinalStanding, IStandings, SeasonEnd} from "../../../contracts/interfaces/IStandings.sol";
import {OrderedTree} from "../../../contracts/libraries/OrderedTree.sol";
import {MockMethod} from "../../../contracts/mocks/MockMethod.sol";
import {Protocol} from "../Protocol.sol";
import {Vm, vm} from "../Vm.sol";

/// @notice Runs a season to its end and posts what it likes, and knows beforehand whether it must succeed.
contract StandingsHandler is Protocol {
    uint256 public constant SEASON = 1;
    uint256 public constant ACCOUNTS = 6;
    uint256 public constant POSTERS = 3;
    uint256 private constant TASKS = 2;
    uint32 private constant UNITS = 200;
    uint8 private constant METHOD = 1;

    Standings public standings;
    address[] private _order;
    mapping(address poster => address[]) private _drafts;
    mapping(address poster => uint256[]) private _chunkEnds;
    address public finalPoster;

    MockMethod private _method = new MockMethod();
    uint256 private _startsAt = block.timestamp + 100;
    uint256 private _closesAt = block.timestamp + 2_000;
    Attestation[] private _attestations;
    mapping(bytes32 uid => bool) private _booked;

    constructor() {
        standings = new Standings(campaign);
        registry.addMethod(_method);
        _method.setChecksInput(true);
        campaign.draft(uint40(_startsAt), uint40(_startsAt + 1_000), uint40(_closesAt), 0);
        for (uint64 points = 1; points <= TASKS; ++points) {
            campaign.addTask(SEASON, TaskRules(modelId, METHOD, points, UNITS, 1), layout, "base");
        }
        campaign.open(SEASON, "");
        vm.roll(block.number + 3);
        campaign.seed(SEASON);
        vm.warp(_startsAt);
    }

    /// @notice An account's attestation is verified, or rarely refuted; it waits to be booked.
    function attest(uint256 who, uint256 task, uint256 outcome) public {
        if (block.timestamp >= _startsAt + 1_000) return;
        bytes32 context = unitContext(SEASON, 1 + (task % TASKS), _attestations.length % UNITS);
        Attestation memory attestation = Attestation(accountAt(who % ACCOUNTS), METHOD, modelId, "", context, "");
        bytes32 uid = registry.uidOf(attestation);
        if (registry.statusOf(uid) != uint8(Status.None)) return;
        commit(attestation);
        _attestations.push(attestation);
        vm.prank(address(_method));
        registry.settle(uid, outcome % 5 == 0 ? Status.Refuted : Status.Verified, address(this));
    }

    /// @notice Awards or burns: never from the close on.
    function book(uint256 which) public {
        if (_attestations.length == 0) return;
        Attestation memory attestation = _attestations[which % _attestations.length];
        bytes32 uid = registry.uidOf(attestation);
        bytes memory call =
            registry.statusOf(uid) == uint8(Status.Refuted)
                ? abi.encodeCall(ICampaign.burn, (attestation))
                : abi.encodeCall(
                    ICampaign.award,
                    (attestation.prover, attestation, AssignedInput("", "", new bytes32[](0)))
                );
        (bool done, ) = address(campaign).call(call);
        require(done == (block.timestamp < _closesAt && !_booked[uid]), "an entry is written after the close");
        if (done) _booked[uid] = true;
    }

    /// @notice The season closes.
    function close(uint256 rarely) public {
        if (rarely % 8 != 0 || block.timestamp >= _closesAt) return;
        vm.warp(_closesAt);
        for (uint256 i = 0; i < ACCOUNTS; ++i) {
            if (!_hasEntry(accountAt(i))) continue;
            _order.push(accountAt(i));
            for (uint256 j = _order.length - 1; j > 0 && _before(_order[j], _order[j - 1]); --j) {
                (_order[j], _order[j - 1]) = (_order[j - 1], _order[j]);
            }
        }
    }

    /// @notice Freezes the season.
    function freeze() public {
        bool expected = block.timestamp >= _closesAt && !standings.endOf(SEASON).frozen;
        bool done = _try(address(this), abi.encodeCall(IStandings.freeze, (SEASON)));
        require(done == expected, "a season is frozen once, when it is closed");
        if (done && _order.length == 0) finalPoster = address(this);
    }

    /// @notice Posts the right accounts, or any.
    function post(uint256 who, uint256 kind, uint256 length, uint256 drawn) public {
        address poster = posterAt(who % POSTERS);
        uint256 held = kind % 7 == 0 ? 0 : _drafts[poster].length;
        uint256 first = held + (kind % 11 == 0 ? 2 : 1);
        address[] memory accounts =
            kind % 3 == 0 ? _anyOf(length % (ACCOUNTS + 1), drawn) : _rightOf(held, 1 + (length % ACCOUNTS));
        bool expected = _isRight(poster, held, first, accounts);
        vm.recordLogs();
        bool done = _try(poster, abi.encodeCall(IStandings.post, (SEASON, uint32(first), accounts)));
        require(done == expected, "a chunk is taken exactly where the rules say so");
        if (!done) return;
        _checkRoot(held, accounts);
        _enter(poster, held, accounts);
        if (_drafts[poster].length == _order.length) finalPoster = poster;
    }

    function order() external view returns (address[] memory) {
        return _order;
    }

    function draftOf(address poster) external view returns (address[] memory) {
        return _drafts[poster];
    }

    /// @notice An account's place, in the chunk of the final draft that holds it.
    function chunkOf(uint256 place) external view returns (uint256 start, uint256 end) {
        uint256[] storage ends = _chunkEnds[finalPoster];
        for (uint256 i = 0; i < ends.length && end < place; ++i) (start, end) = (end, ends[i]);
    }

    function standingAt(uint256 place) public view returns (FinalStanding memory) {
        address account = _order[place - 1];
        (uint64 points, uint64 lastSeq, ) = campaign.entryOf(SEASON, account);
        uint256 rank = 1;
        for (uint256 i = 0; i < _order.length; ++i) {
            (uint64 others, , ) = campaign.entryOf(SEASON, _order[i]);
            if (others > points) ++rank;
        }
        return FinalStanding(uint32(place), uint32(rank), account, points, lastSeq);
    }

    /// @notice A leaf, as its definition reads.
    function leafOf(uint256 index, FinalStanding memory standing) public pure returns (bytes32) {
        return
            keccak256(
                abi.encodePacked(
                    uint8(0),
                    uint32(index),
                    standing.place,
                    standing.rank,
                    standing.account,
                    standing.points,
                    standing.lastSeq
                )
            );
    }

    /// @notice The first have one prover each; the one after them never gets an entry.
    function accountAt(uint256 i) public pure returns (address) {
        return address(uint160(0x1000 + i));
    }

    function posterAt(uint256 i) public pure returns (address) {
        return address(uint160(0x2000 + i));
    }

    function _enter(address poster, uint256 held, address[] memory accounts) private {
        if (held == 0) {
            delete _drafts[poster];
            delete _chunkEnds[poster];
        }
        for (uint256 i = 0; i < accounts.length; ++i) _drafts[poster].push(accounts[i]);
        _chunkEnds[poster].push(_drafts[poster].length);
    }

    /// @dev The root that a post reported, against one built plainly.
    function _checkRoot(uint256 held, address[] memory accounts) private {
        Vm.Log[] memory logs = vm.getRecordedLogs();
        require(logs[0].topics[0] == IStandings.StandingsPosted.selector, "a post reports its chunk first");
        (uint32 first, bytes32 root, address[] memory posted) = abi.decode(logs[0].data, (uint32, bytes32, address[]));
        require(first == held + 1 && posted.length == accounts.length, "a post reports another chunk");
        bytes32[] memory leaves = new bytes32[](accounts.length);
        for (uint256 i = 0; i < accounts.length; ++i) {
            require(posted[i] == accounts[i], "a post reports another account");
            // A draft that left somebody out has other places and ranks.
            if (accounts[i] != _order[held + i]) return;
            leaves[i] = leafOf(i, standingAt(held + i + 1));
        }
        require(root == OrderedTree.root(leaves), "a root is not its accounts'");
    }

    function _try(address sender, bytes memory call) private returns (bool done) {
        vm.prank(sender);
        (done, ) = address(standings).call(call);
    }

    /// @dev What the rules say of a chunk.
    function _isRight(
        address poster,
        uint256 held,
        uint256 first,
        address[] memory accounts
    ) private view returns (bool) {
        SeasonEnd memory end = standings.endOf(SEASON);
        if (!end.frozen || finalPoster != address(0) || accounts.length == 0 || first != held + 1) return false;
        for (uint256 i = 0; i < accounts.length; ++i) {
            if (!_hasEntry(accounts[i])) return false;
            if (i != 0 && !_before(accounts[i - 1], accounts[i])) return false;
        }
        return held == 0 || _before(_drafts[poster][held - 1], accounts[0]);
    }

    function _rightOf(uint256 held, uint256 length) private view returns (address[] memory accounts) {
        uint256 left = held < _order.length ? _order.length - held : 0;
        accounts = new address[](length < left ? length : left);
        for (uint256 i = 0; i < accounts.length; ++i) accounts[i] = _order[held + i];
    }

    function _hasEntry(address account) private view returns (bool) {
        (, uint64 lastSeq, ) = campaign.entryOf(SEASON, account);
        return lastSeq != 0;
    }

    /// @dev The ranking rule.
    function _before(address a, address b) private view returns (bool) {
        (uint64 pointsOfA, uint64 lastSeqOfA, ) = campaign.entryOf(SEASON, a);
        (uint64 pointsOfB, uint64 lastSeqOfB, ) = campaign.entryOf(SEASON, b);
        return pointsOfA > pointsOfB || (pointsOfA == pointsOfB && lastSeqOfA < lastSeqOfB);
    }

    function _anyOf(uint256 length, uint256 drawn) private pure returns (address[] memory accounts) {
        accounts = new address[](length);
        for (uint256 i = 0; i < length; ++i) {
            accounts[i] = accountAt(uint256(keccak256(abi.encode(drawn, i))) % (ACCOUNTS + 1));
        }
    }
}

/// @notice What holds of a season's end whatever anyone posts.
contract StandingsInvariants {
    StandingsHandler private _handler;

    function setUp() external {
        _handler = new StandingsHandler();
    }

    function targetContracts() external view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    /// @notice The final draft is the right order; and a draft of the right length is final.
    function invariant_onlyTheRightOrderIsFinal() external view {
        SeasonEnd memory end = _handler.standings().endOf(_handler.SEASON());
        require(end.poster == _handler.finalPoster(), "another draft is final");
        require((end.finalisedAt != 0) == (end.poster != address(0)), "final without a poster");
        address[] memory order = _handler.order();
        if (end.finalisedAt == 0 || order.length == 0) return;
        require(end.participants == order.length, "somebody is missing");
        address[] memory draft = _handler.draftOf(end.poster);
        require(keccak256(abi.encode(draft)) == keccak256(abi.encode(order)), "a wrong order is final");
    }
}

/// @notice The right order becomes final however it is cut, beside any junk.
contract StandingsCutsTest {
    function testFuzz_everyCutOfTheRightOrderIsFinal(uint256 seed) external {
        StandingsHandler handler = new StandingsHandler();
        uint256 entries = 1 + (seed % 12);
        for (uint256 i = 0; i < entries; ++i) {
            handler.attest(_draw(seed, i), _draw(seed, i) >> 8, _draw(seed, i) >> 16);
            handler.book(i);
        }
        handler.close(0);
        handler.freeze();
        address[] memory order = handler.order();
        for (uint256 i = 0; i < 200 && handler.finalPoster() == address(0); ++i) {
            uint256 drawn = _draw(seed, 100 + i);
            // Poster 0 posts rightly, the others anything.
            handler.post(0, 1, drawn >> 8, 0);
            if (handler.finalPoster() == address(0))
                handler.post(1 + (drawn % 2), 3 * (drawn >> 16), drawn >> 8, drawn);
        }
        require(handler.finalPoster() != address(0), "the right order is not final");
        for (uint256 place = 1; place <= order.length; ++place) _prove(handler, place);
    }

    /// @dev Proves a standing, and fails to prove another rank with the same proof.
    function _prove(StandingsHandler handler, uint256 place) private view {
        (uint256 start, uint256 end) = handler.chunkOf(place);
        bytes32[] memory level = new bytes32[](end - start);
        for (uint256 i = 0; i < level.length; ++i) level[i] = handler.leafOf(i, handler.standingAt(start + i + 1));
        uint256 index = place - start - 1;
        bytes32[] memory siblings = _proofOf(level, index);
        ChunkProof memory proof = ChunkProof(uint32(index), uint32(level.length), siblings);
        FinalStanding memory standing = handler.standingAt(place);
        require(handler.standings().isFinal(1, standing, proof), "a standing can't be proved");
        ++standing.rank;
        require(!handler.standings().isFinal(1, standing, proof), "another rank can be proved");
    }

    function _proofOf(bytes32[] memory level, uint256 index) private pure returns (bytes32[] memory siblings) {
        siblings = new bytes32[](OrderedTree.depth(level.length));
        bytes32 zero = 0;
        for (uint256 height = 0; height < siblings.length; ++height) {
            siblings[height] = (index ^ 1) < level.length ? level[index ^ 1] : zero;
            bytes32[] memory above = new bytes32[]((level.length + 1) / 2);
            for (uint256 i = 0; i < above.length; ++i) {
                bytes32 right = 2 * i + 1 < level.length ? level[2 * i + 1] : zero;
                above[i] = keccak256(abi.encodePacked(uint8(1), level[2 * i], right));
            }
            zero = keccak256(abi.encodePacked(uint8(1), zero, zero));
            (level, index) = (above, index / 2);
        }
    }

    function _draw(uint256 seed, uint256 i) private pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed, i)));
    }
}
