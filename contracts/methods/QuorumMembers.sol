// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IQuorum} from "../interfaces/IQuorum.sol";
import {IVerificationMethod} from "../interfaces/IVerificationMethod.sol";
import {VerifierList} from "../libraries/VerifierList.sol";
import {VerificationMethod} from "./VerificationMethod.sol";

/// @title The verifiers of Quorum
/// @notice Who is on the list, and what it has at stake. See `IQuorum`.
abstract contract QuorumMembers is IQuorum, VerificationMethod {
    using VerifierList for VerifierList.List;

    /// @dev What a verifier has at stake, which outlives membership until `releasableAt`; when it left or was absent, and how
    /// often within a day from then on.
    struct Stake {
        uint128 amount;
        uint40 releasableAt;
        uint40 awaySince;
        uint8 absences;
    }

    /// @dev Time off the list after leaving or an absence, in which no more than `MAX_ABSENCES` are paid for.
    uint40 private constant AWAY = 1 days;
    uint8 private constant MAX_ABSENCES = 5;
    uint128 internal immutable _verifierBond;

    /// @dev A draw reads it as of the commit, whatever happened since.
    VerifierList.List internal _list;
    mapping(address account => Stake) private _stakes;

    /// @notice Fixes the bond for ever.
    /// @param verifierBond What a verifier locks to join, in wei.
    constructor(uint128 verifierBond) {
        _verifierBond = verifierBond;
    }

    /* MEMBERSHIP */

    /// @inheritdoc IQuorum
    function join() external {
        require(!isMember(msg.sender), AlreadyMember(msg.sender));
        Stake storage stake = _stakes[msg.sender];
        uint40 until = stake.awaySince + AWAY;
        require(block.timestamp >= until, TooEarlyToJoin(until));
        uint128 missing = _verifierBond - stake.amount;

        _list.add(msg.sender);
        stake.amount = _verifierBond;

        emit Joined(msg.sender);

        _bonds.lock(msg.sender, missing);
    }

    /// @inheritdoc IQuorum
    function quit() external {
        require(isMember(msg.sender), NotMember(msg.sender));

        (_stakes[msg.sender].awaySince, _stakes[msg.sender].absences) = (uint40(block.timestamp), 0);
        _remove(msg.sender);
    }

    /// @inheritdoc IQuorum
    function release() external {
        Stake storage stake = _stakes[msg.sender];
        uint128 amount = stake.amount;
        require(amount != 0, NoBondToRelease(msg.sender));
        require(!isMember(msg.sender), AlreadyMember(msg.sender));
        require(block.timestamp >= stake.releasableAt, BondStillAtStake(stake.releasableAt));

        stake.amount = 0;

        _bonds.unlock(msg.sender, amount);
    }

    /* VIEWS */

    /// @inheritdoc IVerificationMethod
    function longest() public view virtual returns (uint64);

    /// @inheritdoc IQuorum
    function isMember(address account) public view returns (bool) {
        return _list.contains(account);
    }

    /// @inheritdoc IQuorum
    function memberCount() public view returns (uint256) {
        return _list.length();
    }

    /* LOSSES */

    /// @dev Takes a member that was absent off the list for a while; whether it pays for this absence.
    function _isCharged(address member) internal returns (bool) {
        Stake storage stake = _stakes[member];
        if (block.timestamp >= uint256(stake.awaySince) + AWAY) {
            stake.awaySince = uint40(block.timestamp);
            stake.absences = 0;
        }
        if (isMember(member)) _remove(member);
        if (stake.absences == MAX_ABSENCES) return false;
        ++stake.absences;
        return true;
    }

    /// @dev Takes a part of a member's bond off its stake; one that can't cover much more is taken off the list.
    function _lose(bytes32 uid, address member, uint128 amount) internal returns (uint128 lost) {
        Stake storage stake = _stakes[member];
        lost = stake.amount < amount ? stake.amount : amount;
        stake.amount -= lost;
        if (stake.amount < _verifierBond / 2 && isMember(member)) _remove(member);

        emit Penalised(uid, member, lost);
    }

    /// @dev Takes a member off the list; its bond stays at stake for what may still draw it.
    function _remove(address member) private {
        uint64 releasableAt = uint64(block.timestamp) + 2 * longest();
        _list.remove(member);
        _stakes[member].releasableAt = uint40(releasableAt);

        emit Left(member, releasableAt);
    }
}
