// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";

/// @title An account that calls back while it is paid
contract Reenterer {
    event CalledBack();
    /// @notice The call from within the payment reverted.
    event Refused(bytes reason);

    address private _target;
    bytes private _data;

    receive() external payable {
        if (_target != address(0)) _callBack();
    }

    /// @notice The next payment makes this account call `target` with `data`.
    function onNextPayment(address target, bytes calldata data) external {
        _target = target;
        _data = data;
    }

    /// @notice Calls `target` with `data` and passes on its revert.
    function execute(address target, bytes calldata data) external {
        Address.functionCall(target, data);
    }

    function _callBack() private {
        address target = _target;
        _target = address(0);
        try this.execute(target, _data) {
            emit CalledBack();
        } catch (bytes memory reason) {
            emit Refused(reason);
        }
    }
}
