// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Bond, IBonds} from "./interfaces/IBonds.sol";
import {IVerificationMethod} from "./interfaces/IVerificationMethod.sol";

/// @title Bonds
/// @notice See `IBonds`.
contract Bonds is IBonds {
    using SafeCast for uint256;

    mapping(address holder => mapping(address account => Bond)) private _bonds;

    /// @inheritdoc IBonds
    mapping(address account => uint256) public claimableOf;

    /// @inheritdoc IBonds
    uint256 public burned;

    /// @inheritdoc IBonds
    uint256 public held;

    /* ACCOUNTS */

    /// @inheritdoc IBonds
    function deposit(address holder, address account) external payable {
        require(msg.value != 0, ZeroAmount());
        require(holder.code.length != 0, NotAHolder(holder));

        held += msg.value;
        _bonds[holder][account].free += msg.value.toUint128();

        emit Deposited(holder, account, msg.value);
    }

    /// @inheritdoc IBonds
    function unbond(address holder, uint128 amount) external {
        require(amount != 0, ZeroAmount());
        Bond storage bond = _bonds[holder][msg.sender];
        require(bond.free >= amount, InsufficientFree(holder, msg.sender, bond.free, amount));

        bond.free -= amount;
        bond.unbonding += amount;
        bond.withdrawableAt = uint64(block.timestamp) + IVerificationMethod(holder).longest();

        emit Unbonding(holder, msg.sender, amount, bond.withdrawableAt);
    }

    /// @inheritdoc IBonds
    function withdraw(address holder) external {
        Bond storage bond = _bonds[holder][msg.sender];
        uint256 amount = bond.unbonding;
        require(amount != 0, NothingUnbonding(holder, msg.sender));
        require(block.timestamp >= bond.withdrawableAt, StillUnbonding(bond.withdrawableAt));

        bond.unbonding = 0;
        held -= amount;

        emit Withdrawn(holder, msg.sender, amount);

        Address.sendValue(payable(msg.sender), amount);
    }

    /// @inheritdoc IBonds
    function claim() external {
        uint256 amount = claimableOf[msg.sender];
        require(amount != 0, NothingToClaim(msg.sender));

        claimableOf[msg.sender] = 0;
        held -= amount;

        emit Claimed(msg.sender, amount);

        Address.sendValue(payable(msg.sender), amount);
    }

    /* HOLDERS */

    /// @inheritdoc IBonds
    function lock(address account, uint128 amount) external {
        Bond storage bond = _bonds[msg.sender][account];
        require(bond.free >= amount, InsufficientFree(msg.sender, account, bond.free, amount));

        bond.free -= amount;
        bond.locked += amount;

        emit Locked(msg.sender, account, amount);
    }

    /// @inheritdoc IBonds
    function unlock(address account, uint128 amount) external {
        _takeLocked(account, amount).free += amount;

        emit Unlocked(msg.sender, account, amount);
    }

    /// @inheritdoc IBonds
    function pay(address from, address to, uint128 amount) external {
        _takeLocked(from, amount);
        claimableOf[to] += amount;

        emit Paid(msg.sender, from, to, amount);
    }

    /// @inheritdoc IBonds
    function burn(address account, uint128 amount) external {
        _takeLocked(account, amount);
        held -= amount;
        burned += amount;

        emit Burned(msg.sender, account, amount);
    }

    /* VIEWS */

    /// @inheritdoc IBonds
    function bondOf(address holder, address account) external view returns (Bond memory) {
        return _bonds[holder][account];
    }

    /* BOOKS */

    /// @dev Takes locked money off an account's bond.
    function _takeLocked(address account, uint128 amount) private returns (Bond storage bond) {
        bond = _bonds[msg.sender][account];
        require(bond.locked >= amount, InsufficientLocked(msg.sender, account, bond.locked, amount));
        bond.locked -= amount;
    }
}
