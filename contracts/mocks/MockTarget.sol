// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";

/// @title A contract that an agent deals with
contract MockTarget {
    event Traded(address by, uint256 value, uint256 amount);
    /// @notice The call from within a trade ended.
    event CalledBack(bool done, bytes reason);

    /// @notice Thrown when it was told to revert.
    error TargetReverts();

    bool private _reverts;
    address private _target;
    bytes private _data;

    receive() external payable {
        _trade(0);
    }

    function setReverts(bool reverts) external {
        _reverts = reverts;
    }

    /// @notice The next trade calls `target` with `data`.
    function onNextTrade(address target, bytes calldata data) external {
        (_target, _data) = (target, data);
    }

    /// @notice Calls `target` with `data` and passes on its revert.
    function execute(address target, bytes calldata data) external {
        Address.functionCall(target, data);
    }

    function deposit(uint256 amount) external payable {
        _trade(amount);
    }

    function trade(address, uint256 amount) external payable {
        _trade(amount);
    }

    function _trade(uint256 amount) private {
        require(!_reverts, TargetReverts());
        emit Traded(msg.sender, msg.value, amount);
        address target = _target;
        if (target == address(0)) return;
        _target = address(0);
        try this.execute(target, _data) {
            emit CalledBack(true, "");
        } catch (bytes memory reason) {
            emit CalledBack(false, reason);
        }
    }
}
