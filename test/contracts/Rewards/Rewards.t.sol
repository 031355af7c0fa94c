// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Rewards} from "../../../contracts/Rewards.sol";
import {Standings} from "../../../contracts/Standings.sol";
import {Attestation, Status} from "../../../contracts/interfaces/IAttestationRegistry.sol";
import {AssignedInput, TaskRules} from "../../../contracts/interfaces/ICampaign.sol";
import {Claim, IRewards, Prize, Terms} from "../../../contracts/interfaces/IRewards.sol";
import {ChunkProof, FinalStanding} from "../../../contracts/interfaces/IStandings.sol";
import {MockMethod} from "../../../contracts/mocks/MockMethod.sol";
import {MockToken} from "../../../contracts/mocks/MockToken.sol";
import {Protocol} from "../Protocol.sol";
import {vm} from "../Vm.sol";

/// @notice A drawn season of six accounts at most, posted in chunks of one, whose rewards are claimed in any way.
contract RewardsTest is Protocol {
    uint256 private constant SEASON = 1;
    uint256 private constant OTHER_SEASON = 2;
    uint256 private constant ACCOUNTS = 6;
    uint32 private constant UNITS = 3;
    uint8 private constant METHOD = 1;
    bytes4 private constant PANIC = 0x4e487b71;
    address private constant POSTER = address(0x2000);

    MockMethod private _method;
    MockToken private _token;
    Standings private _standings;
    Rewards private _rewards;
    Terms private _terms;
    FinalStanding[] private _order;
    uint256 private _seed;

    /// @notice Money in = claimed + returned + held at every step; each account gets its share at most, and with the right next
    /// rank exactly that; another season's money is never touched.
    function testFuzz_moneyInIsClaimedReturnedOrHeld(uint256 seed) external {
        _seed = seed;
        _run();
        uint256 promised = uint256(_terms.pool) + _terms.posterBudget;
        uint256 paid = 0;
        for (uint256 i = 0; i < 30; ++i) {
            uint256 amount = _step(_draw(5));
            require(paid + amount <= promised, "more is paid than was escrowed");
            paid += amount;
            require(_rewards.heldOf(SEASON) == promised - paid, "held is not what is left");
            require(_token.balanceOf(address(_rewards)) == promised - paid + 1_000, "the balance is not what is held");
        }
        require(_rewards.heldOf(OTHER_SEASON) == 1_000, "another season's money is touched");
    }

    /// @dev A claim in four of five steps; returns what was paid.
    function _step(uint256 kind) private returns (uint256) {
        if (kind == 0) return _finish();
        if (_order.length == 0) return 0;
        uint256 place = 1 + _draw(_order.length);
        FinalStanding memory standing = _order[place - 1];
        uint256 right = place + 1;
        while (right <= _order.length && _order[right - 1].rank == standing.rank) ++right;
        if (right > _order.length) right = 0;
        uint256 next = _draw(2) == 0 ? right : _draw(_order.length + 1);
        uint256 fair = _fairOf(standing);
        bool expected =
            !_rewards.isClaimed(SEASON, standing.place) &&
                _rewards.heldOf(SEASON) != 0 &&
                (_terms.prizes.length == 0 || _isNext(next, standing.rank));
        uint256 before = _token.balanceOf(standing.account);
        vm.prank(standing.account);
        (bool done, bytes memory refusal) = address(_rewards).call(
            abi.encodeCall(IRewards.claim, (SEASON, _terms, _claimOf(standing, next), standing.account, ""))
        );
        uint256 amount = _token.balanceOf(standing.account) - before;
        require(done || bytes4(refusal) != PANIC, "a claim ends in a panic");
        require(amount <= fair, "an account gets more than its share");
        if (expected && next == right)
            require(amount == fair && done == (fair != 0), "an account gets less than its share");
        require(done == (amount != 0), "a claim pays nothing, or a refused one pays");
        if (!expected) require(!done, "a claim is paid that must be refused");
        return amount;
    }

    /// @dev The poster is paid, or rarely the period ends and the rest returns.
    function _finish() private returns (uint256) {
        uint256 held = _rewards.heldOf(SEASON);
        bool late = _draw(4) == 0;
        if (late) vm.warp(_standings.endOf(SEASON).finalisedAt + _terms.claimPeriod);
        bytes memory call =
            late
                ? abi.encodeCall(IRewards.returnRewards, (SEASON, _terms))
                : abi.encodeCall(IRewards.payPoster, (SEASON, _terms));
        (bool done, ) = address(_rewards).call(call);
        require(done || held == _rewards.heldOf(SEASON), "a refused call pays");
        if (done && late) require(_rewards.heldOf(SEASON) == 0, "something is left behind");
        return held - _rewards.heldOf(SEASON);
    }

    function _run() private {
        _method = new MockMethod();
        registry.addMethod(_method);
        _method.setChecksInput(true);
        _standings = new Standings(campaign);
        _rewards = new Rewards(_standings);
        _token = new MockToken();
        uint256 startsAt = block.timestamp + 100;
        uint256 closesAt = startsAt + 2_000;
        for (uint256 id = SEASON; id <= OTHER_SEASON; ++id) {
            campaign.draft(uint40(startsAt), uint40(startsAt + 1_000), uint40(closesAt), 0);
            campaign.addTask(id, TaskRules(modelId, METHOD, 7, UNITS, 1), layout, "base");
        }
        _escrow();
        campaign.open(SEASON, "");
        vm.roll(block.number + 3);
        campaign.seed(SEASON);
        vm.warp(startsAt);
        for (uint256 i = _draw(3 * ACCOUNTS); i > 0; --i)
            _earn(address(uint160(0x1000 + _draw(ACCOUNTS))), _draw(UNITS));
        vm.warp(closesAt);
        _standings.freeze(SEASON);
        _post();
    }

    function _escrow() private {
        _terms.token = _token;
        _terms.claimPeriod = 1 days;
        _terms.posterBudget = uint128(_draw(100));
        _terms.perAccount = uint128(_draw(30));
        _terms.pool = uint128(_draw(1_000));
        uint256 prizes = _draw(4);
        if (prizes != 0) _terms.pool = 0;
        uint128 amount = 1_000;
        for (uint256 i = 0; i < prizes; ++i) {
            amount -= uint128(_draw(300));
            _terms.prizes.push(Prize(uint32(1 + _draw(3)), amount));
            _terms.pool += _terms.prizes[i].places * amount;
        }
        _token.mint(address(this), 1e6);
        _token.approve(address(_rewards), 1e6);
        _rewards.escrow(SEASON, _terms);
        _rewards.escrow(OTHER_SEASON, Terms(_token, 1_000, 0, 0, 1 days, new Prize[](0)));
    }

    /// @dev A unit is verified and awarded, or refuted and burned, unless it was.
    function _earn(address account, uint256 unit) private {
        Attestation memory attestation = Attestation(account, METHOD, modelId, "", unitContext(SEASON, 1, unit), "");
        if (registry.statusOf(registry.uidOf(attestation)) != uint8(Status.None)) return;
        bytes32 uid = commit(attestation);
        bool refuted = _draw(4) == 0;
        vm.prank(address(_method));
        registry.settle(uid, refuted ? Status.Refuted : Status.Verified, address(this));
        if (refuted) campaign.burn(attestation);
        else campaign.award(account, attestation, AssignedInput("", "", new bytes32[](0)));
    }

    /// @dev The right order: by insertion, then account by account.
    function _post() private {
        for (uint256 i = 0; i < ACCOUNTS; ++i) {
            address account = address(uint160(0x1000 + i));
            (uint64 points, uint64 lastSeq, ) = campaign.entryOf(SEASON, account);
            if (lastSeq == 0) continue;
            _order.push(FinalStanding(0, 0, account, points, lastSeq));
            for (uint256 j = _order.length - 1; j > 0 && _before(_order[j], _order[j - 1]); --j) {
                FinalStanding memory moved = _order[j];
                _order[j] = _order[j - 1];
                _order[j - 1] = moved;
            }
        }
        for (uint256 i = 0; i < _order.length; ++i) {
            bool equal = i != 0 && _order[i].points == _order[i - 1].points;
            _order[i].place = uint32(i + 1);
            _order[i].rank = equal ? _order[i - 1].rank : uint32(i + 1);
            address[] memory accounts = new address[](1);
            accounts[0] = _order[i].account;
            vm.prank(POSTER);
            _standings.post(SEASON, uint32(i + 1), accounts);
        }
    }

    function _draw(uint256 below) private returns (uint256) {
        _seed = uint256(keccak256(abi.encode(_seed)));
        return _seed % below;
    }

    /// @dev What an account is to get, by the definition: its part of the points, or the mean of its rank's prizes.
    function _fairOf(FinalStanding memory standing) private view returns (uint256) {
        uint256 points = 0;
        uint256 sum = 0;
        uint256 equals = 0;
        for (uint256 i = 0; i < _order.length; ++i) {
            points += _order[i].points;
            if (_order[i].rank != standing.rank) continue;
            ++equals;
            sum += _prizeAt(i + 1);
        }
        if (_terms.prizes.length != 0) return sum / equals;
        return points == 0 ? 0 : (uint256(_terms.pool) * standing.points) / points;
    }

    function _prizeAt(uint256 place) private view returns (uint256) {
        for (uint256 i = 0; i < _terms.prizes.length; ++i) {
            if (place <= _terms.prizes[i].places) return _terms.prizes[i].amount;
            place -= _terms.prizes[i].places;
        }
        return 0;
    }

    function _isNext(uint256 place, uint32 rank) private view returns (bool) {
        return place == 0 || (_order[place - 1].rank == place && place > rank);
    }

    function _claimOf(FinalStanding memory standing, uint256 next) private view returns (Claim memory claim) {
        claim.standing = standing;
        claim.proof = ChunkProof(0, 1, new bytes32[](0));
        if (next != 0) claim.next = _order[next - 1];
        claim.nextProof = claim.proof;
    }

    /// @dev The ranking rule.
    function _before(FinalStanding memory a, FinalStanding memory b) private pure returns (bool) {
        return a.points > b.points || (a.points == b.points && a.lastSeq < b.lastSeq);
    }
}
